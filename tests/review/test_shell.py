"""What every page of the console has."""

import httpx

from review.security.permissions import Role
from tests.review.conftest import Console


def test_whoever_did_not_sign_in_is_asked_to_and_comes_back(console: Console) -> None:
    answer = console.visitor().get("/help?part=bits")

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/help%3Fpart%3Dbits")


def test_a_person_of_each_role_reads_the_guide(console: Console) -> None:
    assert [console.as_(role).get("/help").status_code for role in Role] == [200] * 4


def test_a_real_server_answers_on_a_port_of_its_own(running_console: Console) -> None:
    assert httpx.get(f"{running_console.base_url}/login").status_code == 200
