# shellcheck shell=bash
# `./hub test`: every test project against a private PostgreSQL and a private MariaDB, and one closing line with the truth.

# What the tests need beside PostgreSQL: command:package. Installed only where the command is missing.
readonly TEST_NEEDS=(docker-compose:docker-compose chromium:chromium chromedriver:chromium-driver wrk:wrk pgloader:pgloader /usr/sbin/sshd:openssh-server)

TEST_PASSED=0 TEST_FAILED=0 TEST_SKIPPED=0 TEST_PID=''

hub_test() {
  trap test_stop EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # Whatever ends this early (no SDK, no PostgreSQL, a signal) is one failure in the closing line.
  TEST_FAILED=1
  require_dotnet
  test_install_needs
  pg_temporary "fsync = off" "synchronous_commit = off" "full_page_writes = off" "shared_buffers = 256MB" \
    "max_connections = 300" "max_wal_size = 4GB"
  if mdb_require; then
    mdb_temporary "$PG_TEMPORARY"
  else
    warn "Thiếu MariaDB; bài kiểm thử cần đến sẽ bị bỏ qua." "MariaDB is missing; tests that need it are skipped."
  fi
  TEST_FAILED=0
  # Processes of tests live for seconds: profiling code in order to compile it again costs them a quarter of their time and brings nothing.
  export DOTNET_TieredPGO=0
  test_projects "$@"
  # Named arguments choose a part of the projects; the checks beside them belong to the whole run.
  (($#)) || test_compose_file
}

test_install_needs() {
  local need missing=()
  for need in "${TEST_NEEDS[@]}"; do
    command -v "${need%%:*}" >/dev/null || missing+=("${need#*:}")
  done
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}" ||
    warn "Thiếu: ${missing[*]}; bài kiểm thử cần đến sẽ bị bỏ qua." "Missing: ${missing[*]}; tests that need it are skipped."
}

test_projects() {
  local output=$PG_TEMPORARY/tests.log rc=0 some=() total
  # With a filter, a project without a matching test is no failure; a whole run without any test is.
  (($# == 0)) || some=(--ignore-exit-code 8)
  # shellcheck disable=SC2016
  start_child bash -o pipefail -c 'cd "$1" && dotnet test -c Release --no-ansi --no-progress "${@:3}" 2>&1 | tee "$2"' \
    test "$ROOT" "$output" "${some[@]}" "$@"
  TEST_PID=$CHILD
  wait "$TEST_PID" || rc=$?
  TEST_PID=''
  total=$(test_figure total "$output")
  TEST_PASSED=$(test_figure succeeded "$output")
  TEST_FAILED=$(test_figure failed "$output")
  TEST_SKIPPED=$(test_figure skipped "$output")
  # Their names once more at the end, where the reader of a long log looks first.
  grep -E '^failed ' "$output" >&2 || true
  # A build that failed, a crash, a project without tests, or nothing at all: red, whatever the figures say.
  if ((TEST_FAILED == 0)) && ((rc != 0 || total == 0)); then
    ((rc != 0)) || echo "No test ran." >&2
    TEST_FAILED=1
  fi
}

# test_figure NAME FILE: the last figure of that name, which is the summary's.
test_figure() { sed -nE "s/^ +$1: ([0-9]+)\r?$/\1/p" "$2" | tail -n 1 | grep . || echo 0; }

test_compose_file() {
  if ! docker-compose version >/dev/null 2>&1; then
    echo "skipped docker-compose.yml is valid: docker-compose does not run here"
    ((++TEST_SKIPPED))
  elif (cd "$ROOT" && DATAHUB_DATABASE_PASSWORD=check DATAHUB_ADMIN_CLIENT_SECRET=check docker-compose config -q); then
    echo "passed docker-compose.yml is valid"
    ((++TEST_PASSED))
  else
    echo "failed docker-compose.yml is valid"
    ((++TEST_FAILED))
  fi
}

# The closing line is the very last one, and comes whatever happened before.
test_stop() {
  local rc=$?
  trap '' HUP INT TERM
  ((rc == 0 || TEST_FAILED > 0)) || TEST_FAILED=1
  if is_running "$TEST_PID"; then kill -TERM -- "-$TEST_PID" || true; fi
  stop_child "$TEST_PID" TERM 10
  mdb_stop || true
  mdb_remove_socket || true
  remove_temporary || true
  echo "$TEST_PASSED passed, $TEST_FAILED failed, $TEST_SKIPPED skipped"
  ((rc == 0 && TEST_FAILED > 0)) && rc=1
  exit "$rc"
}
