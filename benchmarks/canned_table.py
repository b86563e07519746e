"""A table that answers every call at once with the same item: what is measured in front of it is the caller's own CPU.

python -m benchmarks.canned_table FILE    serves on a free port, whose number is its first line. The file has
                                          {operation: answer}.
"""

import json
import sys
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Canned(BaseHTTPRequestHandler):
    """DynamoDB's wire format, without a table behind it."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # head and body in one packet, or each call waits for an acknowledgement
    answers: dict[str, Any]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        body = json.dumps(self.answers[operation]).encode()
        self.send_response_only(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("x-amzn-RequestId", "canned")
        self.send_header("x-amz-crc32", str(zlib.crc32(body)))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def main() -> None:
    Canned.answers = json.loads(Path(sys.argv[1]).read_text())
    server = ThreadingHTTPServer(("127.0.0.1", 0), Canned)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
