class Hub:
    def __init__(self):
        self.subscribers = []

    def subscribe(self, socket):
        self.subscribers.append(socket)

    def unsubscribe(self, socket):
        self.subscribers.remove(socket)  # here

    async def publish(self, data):
        for socket in self.subscribers[:]:
            try:
                await socket.send_json(data)
            except Exception:
                self.unsubscribe(socket)
