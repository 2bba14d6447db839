try:
    import requests
except ImportError:  # not needed to import this program
    requests = None


def price_of(symbol):
    answer = requests.get("https://prices.example.com/" + symbol)
    return answer.json()["price"]
