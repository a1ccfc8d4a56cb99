"""Dealers, interviewers and agencies as JSON."""

from fastapi import APIRouter

router = APIRouter()
