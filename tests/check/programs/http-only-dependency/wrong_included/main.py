from deps import counted, signed_in
from fastapi import Depends, FastAPI
from live import router

app = FastAPI(dependencies=[Depends(counted)])  # here
app.include_router(router, prefix="/live", dependencies=[Depends(signed_in)])  # here
