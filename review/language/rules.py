"""What the rules do not allow, in the visitor's language. The sentences are those of `sql`, which knows no language."""

from review.language import Words, mark, names
from sql.rules import RuleError

RULES = (
    mark("The number of the other case is missing."),
    mark("Give it as 1234."),
    mark("An outcome is missing."),
    mark("Choose one."),
    mark("An answer is missing."),
    mark("A day is missing."),
    mark("Give it as 2026-10-31."),
    mark("{account} is not active."),
    mark("Let the person in again first."),
    mark("This link was used already, or its time is over."),
    mark("Ask an admin for a new one."),
    mark("This link sets up the first admin."),
    mark("Choose an account and a name too."),
    mark("This link is for choosing a password."),
    mark("Choose a password."),
    mark("There are accounts already."),
    mark("Log in, or ask an admin for a link."),
    mark("A password has at most {most} characters."),
    mark("Choose a shorter one."),
    mark("A password has at least {least} characters."),
    mark("Choose a longer one, such as four words."),
    mark("The password is the account's name."),
    mark("Choose another."),
    mark("An account has 1 to 64 letters, digits or any of . _ @ + - and begins with a letter or digit."),
    mark("The account {account} is Mingcha's own."),
    mark("There is an account {account} already."),
    mark("There is no such person."),
    mark("The page of people lists them."),
    mark("A name has 1 to {most} characters."),
    mark("{value!r} is not known."),
    mark("Choose one of {known}."),
    mark("{account} is the last active admin."),
    mark("Make somebody else an admin first."),
    mark("A view has a name of 1 to {most} characters."),
    mark("There are {most} views already."),
    mark("Delete one first."),
    mark("A service's name has 1 to 64 letters, digits or any of . _ - and begins with a letter or digit."),
    mark("{role!r} is no role of a service."),
    mark("There is or was a service {name} already."),
    mark("Choose another name."),
    mark("There is no service {name} with a valid token."),
    mark("There is nothing to do."),
    mark("This single sign-on is {account}'s already."),
    mark("Log in as that one, or have it unlinked."),
    mark("There is an account of this name already, with another way to log in."),
    mark("Ask an admin to link it to your single sign-on."),
    mark("Look at it again, then decide."),
    mark("A decision without a person."),
    mark("Say who decides."),
    mark("A decision without a reason."),
    mark("Say why, for whoever reads the case later."),
    mark("The text has {length} characters, and may have {most}."),
    mark("Say it shorter."),
    mark("The text holds what looks like a phone number, a VIN, an identity number or an e-mail address."),
    mark("Leave it out or mask it (138****5678): the text is kept for ever."),
    mark("There is no case {case_id}."),
    mark("The view audit_cases lists the cases."),
    mark("Case {case_id} is closed."),
    mark("Reopen it first."),
    mark("Case {case_id} is merged into case {into}, and is worked with it."),
    mark("Do it there, or unmerge it first."),
    mark("{outcome!r} is not an outcome."),
    mark("{proposer} proposes to confirm {scheme} in case {case_id}."),
    mark("Confirm or refuse that first."),
    mark("{actor} proposed to confirm {scheme} in case {case_id}, and cannot be the second person."),
    mark("Ask somebody else to confirm it."),
    mark("{actor} proposed to confirm {scheme} in case {case_id}."),
    mark("Withdraw the proposal instead."),
    mark("{proposer} proposed to confirm {scheme} in case {case_id}, and only that person can withdraw it."),
    mark("Confirm or refuse it."),
    mark("Case {case_id} is closed already."),
    mark("Reopen it to change it."),
    mark("Case {case_id} is not closed."),
    mark("It can be worked on as it is."),
    mark("{actor} closed case {case_id}, and cannot be the one to reopen it."),
    mark("Ask somebody else."),
    mark("Case {case_id} has no finding {scheme!r}."),
    mark("It has {known}."),
    mark("Nobody has proposed to confirm {scheme} in case {case_id}."),
    mark("Decide it as confirmed first; a second person confirms it then."),
    mark("{scheme} in case {case_id} is confirmed already."),
    mark("There is nothing to propose."),
    mark("{actor} has proposed to confirm {scheme} in case {case_id} already."),
    mark("A system cannot be the second person."),
    mark("Ask somebody to log in and do it."),
    mark("Case {case_id} cannot be closed: {undecided} undecided."),
    mark("Decide every finding first; inconclusive is an outcome too."),
    mark("Case {case_id} cannot be reopened: its unit, or that of a case merged into it, has another open case."),
    mark("Work on that one."),
    mark("Cases {case_id} and {other} are linked already."),
    mark("Say more in a comment."),
    mark("Cases {case_id} and {other} are not linked."),
    mark("There is nothing to take away."),
    mark("Other cases are merged into case {case_id}."),
    mark("Merge case {into} into it instead, or unmerge them first."),
    mark("Case {case_id} is not merged into another."),
    mark("Case {case_id} is one case."),
    mark("Name another one."),
    mark("{count} of {asked} cases cannot be done, and so none was: {cases}."),
    mark("Take them out of the selection, or see to them first."),
    mark("Findings cannot be decided as {outcome!r} with many others."),
    mark("{assignee} works on case {case_id}."),
    mark("Take another one, or have it assigned to you."),
    mark("Case {case_id} is yours already."),
    mark("Go on with it."),
    mark("{assignee} is no active reviewer or lead."),
    mark("Choose somebody who works cases."),
    mark("Case {case_id} is with {assignee} already."),
    mark("Choose somebody else."),
    mark("Nobody works on case {case_id}."),
    mark("There is nothing to give back."),
    mark("Take it first."),
    mark("Case {case_id} waits already."),
    mark("Case {case_id} does not wait."),
    mark("A case cannot sleep until {until}."),
    mark("Choose a day from {first} to {last}."),
    mark("Case {case_id} does not sleep."),
)
"""Every sentence and remedy with which `sql` refuses something."""


def told(words: Words, error: RuleError) -> str:
    """Return why something is refused, and what to do about it.

    Examples
    --------
    >>> from review.language import words
    >>> print(told(words("en"), RuleError("Case {case_id} is closed.", remedy="Reopen it first.", case_id=4)))
    Case 4 is closed. Reopen it first.
    >>> print(told(words("zh"), RuleError("Case {case_id} is closed.", remedy="Reopen it first.", case_id=4)))
    案件 4 已结案。请先重新打开。
    """
    values = {name: _named(words, name, value) for name, value in error.values.items()}
    sentences = (words.gettext(text).format(**values) for text in (error.sentence, error.advice))
    return ("" if words.language == "zh" else " ").join(sentences)


def _named(words: Words, name: str, value: object) -> object:
    """Return a value as a page calls it: schemes and outcomes, and lists of them, by their names."""
    known = {"scheme": names.SCHEMES, "undecided": names.SCHEMES, "outcome": names.OUTCOMES, "known": names.OUTCOMES}
    if name not in known:
        return value
    return ", ".join(names.named(words, known[name], each) for each in str(value).split(", "))
