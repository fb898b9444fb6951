"""`python -m mbc_explorer`."""

from mbc_explorer.cli import main

if __name__ == "__main__":
    main()
