"""Instruments that turn counts, odds and coincidences into e-values; detectors play them, none knows a dealer.

An e-value is a bet against honesty: a non-negative number whose expectation is at most 1 when the unit is honest. Its
binary logarithm is the evidence in bits. By Markov's inequality an honest unit shows ``k`` bits with probability at
most ``2**-k``.

========================= =====================================================================================
module                    question it answers
========================= =====================================================================================
`counts`                  does the unit have more such rows than units like it, given how much honest units differ?
`odds`                    does a circumstance lift the unit's hits more than it lifts them elsewhere?
`concentration`           do rare things repeat inside the unit that repeat nowhere else?
`calibration`             what is a p-value worth in bits?
`joining`                 what do several e-values say together, and which units may be named?
`spread`                  how much do honest units differ from one another? (used by `counts` and `odds`)
========================= =====================================================================================
"""
