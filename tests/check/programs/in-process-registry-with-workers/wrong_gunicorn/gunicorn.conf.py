wsgi_app = "main:app"
bind = "127.0.0.1:8000"
worker_class = "uvicorn_worker.UvicornWorker"
workers = 4  # here
