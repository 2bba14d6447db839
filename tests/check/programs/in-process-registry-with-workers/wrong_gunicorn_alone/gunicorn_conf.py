"""gunicorn -c gunicorn_conf.py main:app"""

bind = "0.0.0.0:8000"
worker_class = "uvicorn.workers.UvicornWorker"
workers = 3  # here
