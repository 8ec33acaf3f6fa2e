from setuptools import setup

setup(name='shop', version='0.1.0', packages=['shop'], install_requires=['flask', 'gunicorn'], python_requires='>=3.10')
