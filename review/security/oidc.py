"""Single sign-on by OpenID Connect: the authorisation code flow with PKCE, state and nonce.

What has to come back from the provider waits in a signed cookie of ten minutes, so that the console remembers nobody
who never returns. The provider's identity token is believed after its signature, issuer, audience, times and nonce are.
"""

import secrets
import time
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from review.settings import SingleSignOn

WAITING_S = 600
"""How long somebody may take at the provider."""

_KNOWN_S = 3600
_TIMEOUT_S = 10
_SIGNED_BY_A_KEY = frozenset({"RS", "PS", "ES", "Ed"})


class SignOnError(Exception):
    """The provider does not answer, or what it says is not to be believed; the message is for the log."""


@dataclass(frozen=True)
class Vouched:
    """Whom the provider vouches for.

    Parameters
    ----------
    issuer, subject
        Who this is there, for good.
    account
        What an account here could be called.
    name
        How people name them.
    to
        The path to go on to.
    invitation
        The token of the one-time link that they came by, or none.
    """

    issuer: str
    subject: str
    account: str
    name: str
    to: str
    invitation: str


class Provider:
    """An OpenID Connect provider, looked up when first needed.

    Parameters
    ----------
    settings
        Its address, and how the console is registered there.
    """

    def __init__(self, settings: SingleSignOn) -> None:
        self._settings = settings
        self._signer = URLSafeTimedSerializer(settings.client_secret.get_secret_value(), salt="mingcha sign-on")
        self._known_until = 0.0

    def begin(self, callback: str, to: str, invitation: str) -> tuple[str, str]:
        """Return the provider's address to go to, and what has to wait in a cookie.

        Raises
        ------
        SignOnError
            The provider does not answer.
        """
        try:
            begun = self._client().create_authorization_url(
                callback, state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32)
            )
        except Exception as error:
            raise SignOnError(f"the provider cannot be asked: {type(error).__name__}") from error
        waiting = {name: begun[name] for name in ("state", "nonce", "code_verifier")}
        return begun["url"], self._signer.dumps(waiting | {"callback": callback, "to": to, "invitation": invitation})

    def finish(self, waiting: str, state: str, code: str) -> Vouched:
        """Return whom the provider vouches for, asking it with the code that the browser brought back.

        Raises
        ------
        SignOnError
            The browser did not begin this, took too long, or the provider's answer is not to be believed.
        """
        try:
            kept: dict[str, str] = self._signer.loads(waiting, max_age=WAITING_S)
        except BadSignature as error:
            raise SignOnError("the cookie is missing, too old or not ours") from error
        if not secrets.compare_digest(kept["state"].encode(), state.encode()):
            raise SignOnError("the state is another one")
        try:
            client = self._client()
            token = client.fetch_access_token(kept["callback"], code=code, code_verifier=kept["code_verifier"])
            claims = client.parse_id_token(
                token, kept["nonce"], {"iss": {"value": self.issuer}, "aud": {"value": self._settings.client_id}}
            )
            if claims is None:
                raise SignOnError("the provider sent no identity token")
            known = dict(claims) | self._told(client, token, claims)
        except SignOnError:
            raise
        except Exception as error:
            raise SignOnError(f"the provider's answer is not to be believed: {type(error).__name__}") from error
        account = str(known.get("preferred_username") or known.get("email") or known["sub"])
        return Vouched(
            self.issuer,
            str(known["sub"]),
            account,
            str(known.get("name") or account),
            kept["to"],
            kept["invitation"],
        )

    @property
    def issuer(self) -> str:
        """The issuer as the provider calls itself, which has to be the one in the settings.

        Raises
        ------
        SignOnError
            It is another one (OpenID Connect Discovery 4.3).
        """
        issuer = str(self._client().load_server_metadata()["issuer"])
        if issuer.rstrip("/") != self._settings.issuer.rstrip("/"):
            raise SignOnError("the provider calls itself otherwise than oidc_issuer")
        return issuer

    def _told(self, client: Any, token: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        """Return what the provider says of the person beside the identity token, where that has no name."""
        if "name" in claims or "userinfo_endpoint" not in client.load_server_metadata():
            return {}
        told = client.userinfo(token=token)
        # OpenID Connect Core 5.3.2: an answer about somebody else must not be used.
        return dict(told) if told.get("sub") == claims["sub"] else {}

    def _client(self) -> Any:
        if time.monotonic() > self._known_until:
            self.__dict__.pop("_looked_up", None)
            self._known_until = time.monotonic() + _KNOWN_S
        return self._looked_up

    @cached_property
    def _looked_up(self) -> Any:
        import authlib.deprecate  # noqa: PLC0415 - slow to import; it shows its warnings from then on
        from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin  # noqa: PLC0415

        with warnings.catch_warnings():
            # Authlib would rather have httpx2, which is httpx under another name.
            warnings.filterwarnings("ignore", "The httpx module", authlib.deprecate.AuthlibDeprecationWarning)
            from authlib.integrations.httpx_client import OAuth2Client  # noqa: PLC0415

        class Client(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc] # Authlib has no types
            client_cls = OAuth2Client

        client = Client(
            None,
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret.get_secret_value(),
            server_metadata_url=f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": _TIMEOUT_S,
            },
        )
        metadata = client.load_server_metadata()
        # A token that anybody could have signed is no proof, whatever the provider says it supports.
        offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name[:2] in _SIGNED_BY_A_KEY]
        return client
