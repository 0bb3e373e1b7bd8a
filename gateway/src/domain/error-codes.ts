/**
 * Every stable code the gateway reports: in thrown errors, log lines (`code`), counters and API answers.
 * `gateway/docs/errors.md` is generated from this table; a test fails when the page is stale or a code is used that is not here.
 */
export const ERROR_CODES = {
  HW_NODE_TOO_OLD: {
    means: 'The program was started with a Node.js older than 24.',
    remedy: 'Start it through npm (npm start, npm run demo), which brings Node 24 along, or install Node 24.',
  },
  HW_HALL_INVALID: {
    means: 'hall.yaml has problems; a running gateway keeps the last valid file.',
    remedy: 'Fix the listed lines; try them with `hallwatt check hall.yaml`.',
  },
  HW_PROFILE_INVALID: {
    means: 'A device profile has problems.',
    remedy: 'Fix the listed lines; try them with `hallwatt profile check`.',
  },
  HW_FILE_UNREADABLE: {
    means: 'A file that is needed could not be read.',
    remedy: 'Check the path and the access rights.',
  },
  HW_USAGE: { means: 'The command line was not understood.', remedy: 'Run `hallwatt --help`.' },
  HW_PORT_IN_USE: {
    means: 'A port the gateway should listen on is taken.',
    remedy: 'Stop the other program or choose another port in hall.yaml.',
  },
  HW_BIND_REFUSED: {
    means: 'The hall opens a port to the network without credentials.',
    remedy: 'Set the credentials the message names, or bind to 127.0.0.1.',
  },
  HW_INTERNAL: {
    means: 'Something happened in the gateway that should be impossible.',
    remedy: 'Report it with the log line; the gateway goes on.',
  },
  HW_LIVE_SLOW_READER: {
    means: 'A reader of the live stream took nothing for 15 s and was dropped.',
    remedy: 'Connect again and take a new snapshot; check the network between the reader and the gateway.',
  },
  HW_HTTP_NOT_FOUND: {
    means: 'There is no such address or method.',
    remedy: 'The addresses are listed in /api/v1/openapi.json.',
  },
  HW_HTTP_INVALID: {
    means: 'A request has a wrong or missing parameter, or is not HTTP.',
    remedy: 'Correct the fields the message names; /api/v1/openapi.json describes them.',
  },
  HW_HTTP_TOO_LARGE: {
    means: 'A request, its address or its headers are larger than the gateway takes.',
    remedy: 'Send less: bodies up to 16 KiB, headers up to 16 KiB.',
  },
  HW_HTTP_UNAUTHORIZED: {
    means: 'The access token is missing or wrong.',
    remedy: 'Send `Authorization: Bearer <token>` with the token the gateway was started with.',
  },
  HW_HTTP_HOST_REFUSED: {
    means: 'A request to the loopback address named another host (DNS rebinding).',
    remedy: 'Use http://127.0.0.1 or http://localhost; to serve other names, bind to the network and set a token.',
  },
  HW_HTTP_RATE_LIMITED: {
    means: 'Too many requests from one address.',
    remedy: 'Wait as long as Retry-After says; use /api/v1/stream instead of polling.',
  },
  HW_HTTP_TOO_MANY_STREAMS: {
    means: 'All live streams are taken.',
    remedy: 'Close other live views, or wait until one ends.',
  },
  HW_DEVICE_UNKNOWN: {
    means: 'The hall has no device with this id.',
    remedy: 'The ids are listed in /api/v1/devices.',
  },
  HW_NOT_READY: {
    means: 'The gateway runs but cannot do its work yet or any more.',
    remedy: 'Read the reasons in /readyz.',
  },
  HW_STORE_LOCKED: {
    means: 'Another process owns the store folder.',
    remedy: 'Stop the process the message names, or give this gateway its own `store.path`.',
  },
  HW_STORE_FULL: {
    means: 'The disk of the store is full: nothing new is acknowledged, nothing acknowledged is lost.',
    remedy: 'Free space on that disk, or lower `store.maxBytes`; the gateway goes on by itself.',
  },
  HW_STORE_IO: {
    means: 'The disk of the store refused to write or read, or the thread that writes it ended.',
    remedy: 'Check the disk and its cable or card (`dmesg`); the gateway tries again by itself.',
  },
  HW_STORE_BUSY: {
    means: 'More writes wait for the disk than may wait.',
    remedy: 'The disk is slower than the hall is talkative: check the disk, or read less often.',
  },
  HW_STORE_REJECTED: {
    means: 'SQLite refused one statement; the other writes of the same commit went through.',
    remedy: 'This is a mistake in the program: report it with the message.',
  },
  HW_STORE_CORRUPT: {
    means: 'The store file was damaged; it was moved aside, what could be read was copied into a new one.',
    remedy: 'Keep `store.sqlite.corrupt-…` for recovery with `sqlite3 … .recover`, and check the disk.',
  },
  HW_STORE_CLOSED: {
    means: 'The store was asked for something after it was closed.',
    remedy: 'Nothing to do while the gateway stops; otherwise report it.',
  },
  HW_STORE_WAL_PINNED: {
    means: 'A reader from outside holds an old state of the store, so its write-ahead log cannot shrink.',
    remedy: 'End long transactions of `sqlite3` or backup tools on store.sqlite.',
  },
  HW_SPOOL_FULL: {
    means: 'No room for another frame: too many wait for the disk, or the byte cap holds nothing that may go.',
    remedy: 'Check the disk (see HW_STORE_FULL, HW_STORE_BUSY) and `store.maxBytes`.',
  },
  HW_SPOOL_DROPPING: {
    means: 'The byte cap takes frames that were never forwarded.',
    remedy: 'Bring the InfluxDB server back, or raise `store.maxBytes`.',
  },
  HW_HISTORY_TOO_WIDE: {
    means: 'A history query would give more points than were asked for.',
    remedy: 'Ask for a shorter time, fewer quantities, a coarser resolution or more `maxPoints`.',
  },
  HW_HISTORY_UNKNOWN_DEVICE: {
    means: 'Nothing was ever stored for this device.',
    remedy: 'Check the device id against hall.yaml.',
  },
  HW_LINK_DOWN: {
    means: 'A Modbus link (TCP address or serial port) cannot be opened; its devices are unknown until it can.',
    remedy: 'Check address, port, cable and that no other program holds the line. The gateway keeps trying.',
  },
  HW_SERIAL_MISSING: {
    means: 'A link needs a serial port, but the optional package serialport is not installed.',
    remedy:
      'Run `npm install` without --omit=optional, or reach the line through a serial server (modbus-rtu-over-tcp).',
  },
  HW_DEVICE_SILENT: {
    means: 'A device stopped answering; it is probed with growing pauses until it answers again.',
    remedy: 'Check its power, wiring, unit id and serial settings. The line says why: timeout, garbled.',
  },
  HW_REGISTER_REJECTED: {
    means: 'A device refuses registers its profile names; the other quantities are delivered.',
    remedy:
      'Compare the profile (and its variant) with the model and firmware of the device. It is asked again once a day.',
  },
  HW_DEVICE_REFUSES: {
    means: 'A device answers, but refuses every register of its profile.',
    remedy: 'Check the profile, its variant and the unit id; read it by hand with `hallwatt profile try`.',
  },
  HW_PROBE_FAILED: {
    means: 'The probe quantity of a profile reads an impossible value, so the register map does not fit this device.',
    remedy: 'Check profile, variant and unit id; the values of this device are held back until the probe fits.',
  },
  HW_LISTEN_FAILED: {
    means: 'An address the gateway should listen on does not exist here or may not be used.',
    remedy: 'Give an address of this machine and a port from 1024 up in hall.yaml.',
  },
} as const satisfies Record<string, { means: string; remedy: string }>

export type ErrorCode = keyof typeof ERROR_CODES
