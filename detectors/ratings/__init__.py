"""Evidence in the answers: full marks that the interview itself, or the other interviews, contradict."""
