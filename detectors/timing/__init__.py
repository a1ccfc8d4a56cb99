"""Evidence in the calendar: full marks that come when the bonus period closes."""
