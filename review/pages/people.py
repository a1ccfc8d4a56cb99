"""Who may work here, and which services."""

from fastapi import APIRouter

router = APIRouter()
