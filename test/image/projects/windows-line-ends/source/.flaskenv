FLASK_APP=shop
