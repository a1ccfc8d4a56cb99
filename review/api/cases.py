"""Cases as JSON."""

from fastapi import APIRouter

router = APIRouter()
