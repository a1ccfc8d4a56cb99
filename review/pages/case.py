"""The page of one case."""

from fastapi import APIRouter

router = APIRouter()
