from deps import counted, signed_in
from fastapi import APIRouter, Depends, FastAPI
from live import pages, router

api = FastAPI(dependencies=[Depends(signed_in)])
api.include_router(pages, dependencies=[Depends(counted)])

app = FastAPI()
app.include_router(router)
app.include_router(APIRouter(dependencies=[Depends(signed_in)]))
app.mount("/api", api)
