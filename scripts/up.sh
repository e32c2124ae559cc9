# shellcheck shell=bash
# `./hub up`: prepare → build → databases → server → demonstration → wait. Everything it started stops with it.
# Nothing secret is written to a file: the administrator's secret is made here, printed once, and kept by the
# server as a hash only.

# shellcheck source=scripts/build.sh
source "$ROOT/scripts/build.sh"

readonly ADMIN_ID=${DATAHUB_ADMIN_CLIENT_ID:-admin}
UP_PORT=8080 UP_HOME='' UP_DEMO=yes UP_ENGINES='' UP_READY='' BUILD='' BUILD_PID='' SERVER_PID='' DEMO_PID=''

hub_up() {
  up_options "$@"
  require_dotnet
  up_check_port
  up_prepare_home
  trap up_stop EXIT
  trap 'up_signal 1' HUP
  trap 'up_signal 2' INT
  trap 'up_signal 15' TERM
  build_programs "$UP_HOME"
  up_databases
  up_mariadb
  up_choose_secret
  up_start_server
  up_wait_until_ready
  up_welcome
  up_demonstrate
  up_wait
}

up_options() {
  while (($#)); do
    case $1 in
      --port=* | --home=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
      --port | --home)
        [[ -n ${2:-} ]] || die "$1 cần một giá trị." "$1 needs a value." 64
        if [[ $1 == --port ]]; then UP_PORT=$2; else UP_HOME=$2; fi
        shift 2
        ;;
      --empty)
        UP_DEMO=
        shift
        ;;
      --all-engines)
        UP_ENGINES=all
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) die "Không có tuỳ chọn $1 (xem ./hub --help)." "No such option: $1 (see ./hub --help)." 64 ;;
    esac
  done
  [[ $UP_PORT =~ ^[1-9][0-9]{0,4}$ && $UP_PORT -le 65535 ]] ||
    die "Cổng không hợp lệ: $UP_PORT" "Not a port: $UP_PORT" 64
  if [[ -z $UP_HOME ]]; then
    UP_HOME=/var/lib/datahub
    is_root || UP_HOME=${XDG_DATA_HOME:-$HOME/.local/share}/datahub
  fi
  UP_HOME=$(realpath -m -- "$UP_HOME")
}

up_check_port() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$UP_PORT") 2>/dev/null; then
    die "Cổng $UP_PORT đang có chương trình khác dùng. Hãy chọn cổng khác: ./hub up --port N" \
      "Port $UP_PORT is in use by another program. Choose another: ./hub up --port N" 75
  fi
}

up_prepare_home() {
  local mode=700 holder
  # PostgreSQL's own user must get through root's folder; every folder inside is closed to others.
  is_root && mode=711
  if [[ ! -d $UP_HOME ]]; then
    (umask 022 && mkdir -p "$(dirname "$UP_HOME")" && mkdir -m "$mode" "$UP_HOME") ||
      die "Không tạo được thư mục $UP_HOME." "Folder $UP_HOME cannot be made." 73
  fi
  [[ -w $UP_HOME ]] || die "Không ghi được vào thư mục $UP_HOME." "Folder $UP_HOME cannot be written to." 73
  [[ -d $UP_HOME/hub ]] || mkdir -m 700 "$UP_HOME/hub"
  exec 9>>"$UP_HOME/lock"
  if ! flock -n 9; then
    holder=$(cat "$UP_HOME/lock")
    die "Một DataHub khác đang chạy với thư mục $UP_HOME (tiến trình ${holder:-?})." \
      "Another DataHub runs with folder $UP_HOME (process ${holder:-?})." 75
  fi
  echo $$ >"$UP_HOME/lock"
}

# The demonstration's payments live in a MariaDB where this home began with one; it begins with one where MariaDB is
# found at the first start, or is asked for. On its own socket alone.
up_mariadb() {
  [[ -n $UP_DEMO || -e $UP_HOME/mariadb ]] || return 0
  if [[ ! -e $UP_HOME/mariadb ]]; then
    [[ ! -e $UP_HOME/demonstrated ]] || return 0
    if [[ $UP_ENGINES == all ]]; then
      mdb_require || die "Không có MariaDB." "There is no MariaDB." 69
    else
      [[ ! -e $UP_HOME/started ]] && mdb_find || return 0
    fi
  fi
  { [[ $UP_ENGINES == all ]] && mdb_require; } || mdb_find || die "Thư mục $UP_HOME có dữ liệu MariaDB nhưng máy không còn MariaDB. Chạy lại với --all-engines." \
    "$UP_HOME holds MariaDB data, but MariaDB is not installed any more. Run again with --all-engines." 69
  say "Đang khởi động MariaDB trong $UP_HOME" "Starting MariaDB in $UP_HOME"
  mdb_server "$UP_HOME" --skip-networking --innodb-buffer-pool-size=64M
  export DATAHUB_DEMO_MARIADB
  DATAHUB_DEMO_MARIADB=$(mdb_connection)
}

# The hub's own database, and the isolated sector databases of the demonstration.
up_databases() {
  local hub_is_here=''
  [[ -n ${DATAHUB_DATABASE:-} ]] || hub_is_here=yes
  [[ -n $hub_is_here$UP_DEMO ]] || return 0
  say "Đang khởi động PostgreSQL trong $UP_HOME" "Starting PostgreSQL in $UP_HOME"
  pg_cluster "$UP_HOME" "logging_collector = on" "log_filename = 'postgresql-%a.log'" \
    "log_truncate_on_rotation = on" "log_rotation_age = 1d" "shared_buffers = 256MB" "max_wal_size = 2GB"
  [[ -n $hub_is_here ]] || return 0
  [[ $(pg_sql -c "SELECT 1 FROM pg_roles WHERE rolname = 'datahub'") ]] ||
    pg_sql -c "CREATE ROLE datahub LOGIN"
  [[ $(pg_sql -c "SELECT 1 FROM pg_database WHERE datname = 'datahub'") ]] ||
    pg_sql -c "CREATE DATABASE datahub OWNER datahub TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
  DATAHUB_DATABASE=$(pg_connection datahub)
}

# A new secret for the first start, and for a demonstration that is still to be done; else none is needed.
up_choose_secret() {
  UP_SECRET_ORIGIN=given
  [[ -z ${DATAHUB_ADMIN_CLIENT_SECRET:-} ]] || return 0
  UP_SECRET_ORIGIN=kept
  if [[ ! -e $UP_HOME/started || (-n $UP_DEMO && ! -e $UP_HOME/demonstrated) ]]; then
    UP_SECRET_ORIGIN=new
    DATAHUB_ADMIN_CLIENT_SECRET=$(head -c 32 /dev/urandom | base64 -w 0 | tr '+/' '-_' | tr -d '=')
  fi
}

up_start_server() {
  export DATAHUB_DATABASE DATAHUB_HOME=$UP_HOME/hub DATAHUB_FILES=${DATAHUB_FILES:-$UP_HOME/hub/files}
  export ASPNETCORE_URLS=http://127.0.0.1:$UP_PORT
  export DATAHUB_PUBLIC_URL=${DATAHUB_PUBLIC_URL:-$ASPNETCORE_URLS}
  mkdir -p "$DATAHUB_FILES"
  [[ $UP_SECRET_ORIGIN == kept ]] ||
    export DATAHUB_ADMIN_CLIENT_ID=$ADMIN_ID DATAHUB_ADMIN_CLIENT_SECRET
  say "Đang khởi động DataHub" "Starting DataHub"
  cd "$BUILD/DataHub.Server" || exit
  start_child dotnet DataHub.Server.dll
  SERVER_PID=$CHILD
}

up_wait_until_ready() {
  local end=$((SECONDS + 180))
  until curl -fs --noproxy '*' -m 5 -o /dev/null "http://127.0.0.1:$UP_PORT/health/ready"; do
    is_running "$SERVER_PID" || up_server_ended
    ((SECONDS < end)) || die "DataHub không sẵn sàng sau 180 giây." "DataHub was not ready after 180 s."
    sleep 0.2
  done
  UP_READY=yes
  touch "$UP_HOME/started"
}

up_welcome() {
  local url=$DATAHUB_PUBLIC_URL
  echo
  say "DataHub đã sẵn sàng: $url" "DataHub is ready: $url"
  printf '    %-22s %s\n' "$url/swagger" "API" "$url/health/ready" "trạng thái · health"
  case $UP_SECRET_ORIGIN in
    new)
      say "Ứng dụng quản trị (chỉ hiện một lần, hãy cất giữ):" "Administrator client (shown only this once, keep it):"
      printf '    client_id      %s\n    client_secret  %s\n' "$ADMIN_ID" "$DATAHUB_ADMIN_CLIENT_SECRET"
      ;;
    given) say "Ứng dụng quản trị $ADMIN_ID dùng mật khẩu bạn đã đặt." "Administrator client $ADMIN_ID has the secret you gave." ;;
    kept)
      say "Mật khẩu quản trị đã hiện ở lần chạy đầu. Đặt mật khẩu mới: DATAHUB_ADMIN_CLIENT_SECRET=... ./hub up" \
        "The administrator's secret was shown at the first start. Set a new one: DATAHUB_ADMIN_CLIENT_SECRET=... ./hub up"
      ;;
  esac
  say "Đăng nhập để lấy mã truy cập:" "Sign in for a token:"
  printf '    %s\n' "tr -d '\\n' | curl -s $url/connect/token -d grant_type=client_credentials -d scope=datahub.admin \\" \
    "  -d client_id=$ADMIN_ID --data-urlencode client_secret@-   # dán mật khẩu, Enter, Ctrl-D · paste the secret, Enter, Ctrl-D"
  say "Thử tiếp:" "Try next:"
  printf '    %s\n' "curl -s $url/api/v1/catalog/datasets"
  say "Ctrl-C để dừng." "Ctrl-C stops it."
  echo
}

# The main job seen working: sector databases, sources, datasets by contract, runs, versions, reads.
up_demonstrate() {
  local rc=0
  [[ -n $UP_DEMO && ! -e $UP_HOME/demonstrated ]] || return 0
  say "Đang chạy phần trình diễn" "Running the demonstration"
  DATAHUB_DEMO_SERVER=$(pg_connection postgres) start_child dotnet "$BUILD/DataHub.Demo/DataHub.Demo.dll" run \
    --hub "http://127.0.0.1:$UP_PORT" --client-id "$ADMIN_ID" --files "$DATAHUB_FILES"
  DEMO_PID=$CHILD
  wait "$DEMO_PID" || rc=$?
  DEMO_PID=''
  if ((rc == 0)); then
    touch "$UP_HOME/demonstrated"
  else
    warn "Phần trình diễn thất bại (mã $rc). DataHub vẫn chạy; lần ./hub up sau sẽ thử lại." \
      "The demonstration failed (code $rc). DataHub keeps running; the next ./hub up tries again."
  fi
}

# Ends with the first of the two that ends; each alone is of no use.
up_wait() {
  # From here on nobody needs the secret any more.
  unset DATAHUB_ADMIN_CLIENT_SECRET
  while is_running "$SERVER_PID"; do
    wait -n "$SERVER_PID" ${PG_PID:+"$PG_PID"} ${MDB_PID:+"$MDB_PID"} || true
    [[ -z $PG_PID ]] || is_running "$PG_PID" ||
      die "PostgreSQL đã dừng ngoài ý muốn; xem $PG_DATA/log." "PostgreSQL stopped by itself; see $PG_DATA/log."
    # A source that is gone is what the hub must live with.
    if [[ -n $MDB_PID ]] && ! is_running "$MDB_PID"; then
      warn "MariaDB của phần trình diễn đã dừng; xem $MDB_LOG." "The demonstration's MariaDB stopped; see $MDB_LOG."
      MDB_PID=''
    fi
  done
  up_server_ended
}

up_server_ended() {
  local rc=0
  wait "$SERVER_PID" || rc=$?
  SERVER_PID=''
  ((rc != 0)) || rc=1
  die "DataHub đã dừng với mã $rc (lý do ở các dòng trên)." "DataHub ended with code $rc (the reason stands above)." "$rc"
}

# Being asked to stop is no failure once the hub is up.
up_signal() {
  [[ -z $UP_READY ]] || exit 0
  exit $((128 + $1))
}

up_stop() {
  trap '' HUP INT TERM
  [[ -z $SERVER_PID$PG_PID$MDB_PID ]] || say "Đang dừng" "Stopping"
  stop_child "$BUILD_PID" TERM 10
  stop_child "$DEMO_PID" TERM 10
  stop_child "$SERVER_PID" TERM 30
  mdb_stop
  pg_stop
}
