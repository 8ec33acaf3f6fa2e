import os

bind = '127.0.0.1:5000'
workers = int(os.environ.get('WORKERS', 9))
wsgi_app = 'shop:app'
