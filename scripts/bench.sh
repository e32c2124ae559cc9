# shellcheck shell=bash
# `./hub bench`: the benchmarks against a private PostgreSQL that writes to disk as a real one does.

BENCH_PID=''

hub_bench() {
  local rc=0
  [[ -d $ROOT/tests/DataHub.Benchmarks ]] || die "Chưa có bài đo hiệu năng." "There are no benchmarks yet." 69
  require_dotnet
  command -v wrk >/dev/null || install_packages wrk ||
    die "Cần công cụ wrk." "The tool wrk is needed." 69
  trap bench_stop EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  pg_temporary "shared_buffers = 1GB" "max_wal_size = 8GB" "max_connections = 200"
  start_child dotnet run -c Release --project "$ROOT/tests/DataHub.Benchmarks" -- "$@"
  BENCH_PID=$CHILD
  wait "$BENCH_PID" || rc=$?
  exit "$rc"
}

bench_stop() {
  trap '' HUP INT TERM
  stop_child "$BENCH_PID" TERM 10
  remove_temporary
}
