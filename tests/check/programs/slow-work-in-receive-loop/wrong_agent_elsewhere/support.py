try:
    from langchain_openai import ChatOpenAI
except ImportError:
    ChatOpenAI = None


class SupportAgent:
    def __init__(self):
        self.llm = ChatOpenAI and ChatOpenAI(model="gpt-4o")

    async def answer(self, message):
        result = await self.llm.ainvoke(message)
        return result.content
