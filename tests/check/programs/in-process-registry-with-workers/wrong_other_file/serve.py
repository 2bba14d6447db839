def main() -> None:
    import uvicorn

    uvicorn.run(
        "main:app",
        host="127.0.0.1",
        workers=4,  # here
    )


if __name__ == "__main__":
    main()
