# shellcheck shell=bash
# `./hub bench`: the benchmarks against a private PostgreSQL and a private MariaDB that write to disk as real ones do.

# What they need beside the two servers: command:package.
readonly BENCH_NEEDS=(wrk:wrk pgloader:pgloader)

BENCH_PID=''

hub_bench() {
  local rc=0 need missing=()
  [[ -d $ROOT/tests/DataHub.Benchmarks ]] || die "Chưa có bài đo hiệu năng." "There are no benchmarks yet." 69
  require_dotnet
  for need in "${BENCH_NEEDS[@]}"; do
    command -v "${need%%:*}" >/dev/null || missing+=("${need#*:}")
  done
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}" ||
    die "Cần các công cụ: ${missing[*]}." "These tools are needed: ${missing[*]}." 69
  mdb_require || die "Cần MariaDB." "MariaDB is needed." 69
  trap bench_stop EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  pg_temporary "shared_buffers = 1GB" "max_wal_size = 8GB" "max_connections = 200"
  mdb_temporary "$PG_TEMPORARY" --innodb-buffer-pool-size=1G
  start_child dotnet run -c Release --project "$ROOT/tests/DataHub.Benchmarks" -- "$@"
  BENCH_PID=$CHILD
  wait "$BENCH_PID" || rc=$?
  exit "$rc"
}

bench_stop() {
  trap '' HUP INT TERM
  stop_child "$BENCH_PID" TERM 10
  mdb_stop
  mdb_remove_socket
  remove_temporary
}
