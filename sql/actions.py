"""What can happen to a case: every action of the event log, and what it means."""

ACTIONS = {
    "opened": "a night flagged a unit that had no open case",
    "found": "a night flagged it for a scheme for the first time",
    "dated": "a night made it more severe, so that it is due earlier",
    "woken": "it sleeps no longer: its day came, a night brought a new scheme or more severity, or somebody woke it",
    "taken": "somebody began to work on it",
    "assigned": "somebody was given it",
    "released": "it was given back to the queue",
    "paused": "it waits for something",
    "resumed": "it no longer waits",
    "snoozed": "it sleeps until a day",
    "commented": "somebody said something of it",
    "proposed": "somebody proposes to confirm a finding",
    "withdrawn": "whoever proposed it no longer does",
    "refused": "a second person refused to confirm a finding",
    "confirmed": "a second person confirmed a finding",
    "decided": "a finding was refuted, or found inconclusive",
    "closed": "every finding was decided",
    "reopened": "a second person reopened it",
    "linked": "it was linked with another case",
    "unlinked": "that link was taken away",
    "merged": "from now on it is worked with another case, the leading one",
    "joined": "another case was merged into it",
    "unmerged": "it is worked on its own again",
    "left": "a merged case is worked on its own again",
}
"""By the word that the log has for it. What is done to a leading case is an event of every case merged into it too."""
