"""The queue of cases."""

from fastapi import APIRouter

router = APIRouter()
