# flask run
FLASK_APP=microblog:create_app
FLASK_DEBUG=1
