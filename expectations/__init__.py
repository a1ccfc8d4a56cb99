"""What a valid row is: one suite of rules per source, and the gate that quarantines what breaks them.

A rule is a pair: a typed Great Expectations expectation, which the machine checks, and the reason the rule exists,
which a person reads. `expectations.suites` has one file per source, and a new rule is added there. `expectations.gate`
judges a night's rows; `expectations.report` writes the page about it.
"""
