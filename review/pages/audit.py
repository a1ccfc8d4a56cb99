"""What an auditor reads."""

from fastapi import APIRouter

router = APIRouter()
