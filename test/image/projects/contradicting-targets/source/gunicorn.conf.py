wsgi_app = 'admin:app'
