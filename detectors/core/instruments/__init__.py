"""Instruments that turn counts, odds and coincidences into e-values; detectors play them, none knows a dealer.

An e-value is a bet against honesty: a non-negative number whose expectation is at most 1 when the unit is honest. Its
binary logarithm is the evidence in bits. By Markov's inequality an honest unit shows ``k`` bits with probability at
most ``2**-k``.

========================= =====================================================================================
module                    question it answers
========================= =====================================================================================
`counts`                  does the unit have more such rows than units like it, given how much honest units differ?
`odds`                    does a circumstance lift the unit's hits more than it lifts them elsewhere?
`repeats`                 do rare things repeat inside the unit that repeat nowhere else?
`likeness`, `folding`     which texts say the same?
`calibration`             what is a p-value worth in bits?
`attribution`             which of a unit's rows are the manipulated ones, given that it cheats?
`spread`, `usual`         how much do honest units differ from one another, and how often is a trait honest?
`ranges`                  how many hits do honest units mostly have, in words?
`joining`                 which units may be named at a bounded share of errors?
`carelessness`            what do the answers of one interview, looked at alone, say about how they came to be?
`inattention`             which respondents answer each item for itself, as somebody does who does not read?
========================= =====================================================================================
"""
