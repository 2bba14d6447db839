from fastapi import APIRouter

live = APIRouter()
