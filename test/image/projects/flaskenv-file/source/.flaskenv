export FLASK_APP="web/shop.py"
