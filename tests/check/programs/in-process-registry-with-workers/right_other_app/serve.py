def main() -> None:
    import uvicorn

    uvicorn.run("pages:app", workers=4)


if __name__ == "__main__":
    main()
