"""A dealer, an interviewer, a survey agency over time."""

from fastapi import APIRouter

router = APIRouter()
