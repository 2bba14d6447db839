from fastapi import Depends, FastAPI

from deps import check_origin
from routers import admin, chat

app = FastAPI()
app.include_router(chat.router, prefix="/chat", dependencies=[Depends(check_origin)])
app.include_router(admin.router, prefix="/admin")
