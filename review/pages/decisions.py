"""What people do with a case."""

from fastapi import APIRouter

router = APIRouter()
