"""The network at a glance."""

from fastapi import APIRouter

router = APIRouter()
