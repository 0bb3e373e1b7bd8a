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
  HW_SCREEN_CODE_UNKNOWN: {
    means: 'No screen shows these six digits, or they were shown more than ten minutes ago.',
    remedy: 'Enter the digits that the screen shows now.',
  },
  HW_RECORDING_UNKNOWN: {
    means: 'There is no recording of raw traffic of that name.',
    remedy: 'Take one that GET /api/v1/recordings lists; only the last ten are kept.',
  },
  HW_RECORDING_INVALID: {
    means: 'A file is no recording of raw traffic.',
    remedy: 'Take one that GET /api/v1/recordings lists, or one downloaded from the page of a device.',
  },
  HW_SCREEN_UNKNOWN: {
    means: 'The hall has no screen of that name.',
    remedy: 'Open /screen/<name> with a name under `demos.screens` of hall.yaml.',
  },
  HW_SCREEN_NOT_PAIRED: {
    means: 'A big screen asked for its picture and nobody has paired it yet.',
    remedy: 'Enter the six digits it shows on the tablet, under the choice of screens.',
  },
  HW_DEMO_UNKNOWN: {
    means: 'There is no such scenario, run or record.',
    remedy: 'Take one of GET /api/v1/demos or GET /api/v1/demo-records.',
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
    means: 'Nobody is signed in, the session is over, or the access token is missing or wrong.',
    remedy:
      'Sign in (POST /api/v1/login), or send `Authorization: Bearer <token>` with the token the gateway was started with.',
  },
  HW_HTTP_HOST_REFUSED: {
    means: 'A request to the loopback address named another host (DNS rebinding).',
    remedy: 'Use http://127.0.0.1 or http://localhost; to serve other names, bind to the network and set a token.',
  },
  HW_HTTP_RATE_LIMITED: {
    means: 'Too many requests from one address.',
    remedy: 'Wait as long as Retry-After says; use /api/v1/stream instead of polling.',
  },
  HW_AUTH_WRONG: {
    means: 'The user name or the password is wrong.',
    remedy: 'Try again; an administrator gives a new password with `hallwatt user password <name>`.',
  },
  HW_AUTH_LIMITED: {
    means: 'Too many failed logins of one user from one address, or from one address altogether.',
    remedy: 'Wait as long as Retry-After says.',
  },
  HW_AUTH_BUSY: { means: 'Too many logins wait for their turn.', remedy: 'Try again in a few seconds.' },
  HW_AUTH_FORBIDDEN: {
    means: 'The role of this user does not allow it.',
    remedy: 'Ask somebody with one of the roles the message names; an administrator changes roles.',
  },
  HW_AUTH_PASSWORD_CHANGE: {
    means: 'The one-time password has to be changed before anything else.',
    remedy: 'POST /api/v1/me/password with the current and a new password.',
  },
  HW_AUTH_PASSWORD_WEAK: {
    means: 'The new password can be guessed too easily, or is the old one.',
    remedy: 'Take 10 to 200 characters that do not contain the user name; three or four words are good.',
  },
  HW_AUTH_USER_INVALID: {
    means: 'A user name or a list of roles cannot be used.',
    remedy:
      'Names are lower-case letters, digits and hyphens, as in `repair.people`; roles are listed by `hallwatt user roles`.',
  },
  HW_AUTH_USER_UNKNOWN: { means: 'There is no such user.', remedy: 'See `hallwatt user list`.' },
  HW_AUTH_USER_EXISTS: {
    means: 'There is a user of this name already.',
    remedy: 'Choose another name, or change the roles or the password of the one that is there.',
  },
  HW_AUTH_LAST_ADMIN: {
    means: 'Nobody would be left who may manage users.',
    remedy: 'Make somebody else admin first.',
  },
  HW_AUDIT_BROKEN: {
    means: 'The audit log was changed by another hand: an entry does not fit the one before it.',
    remedy: 'Keep a copy of the store folder and find out who had access; entries before the named one are intact.',
  },
  HW_AUDIT_NOT_WRITTEN: {
    means: 'Something was done but its audit entry could not be stored.',
    remedy: 'See the store code beside it (disk full, disk fault); alarms and orders name who acted on their own.',
  },
  HW_HTTP_ORIGIN_REFUSED: {
    means: 'Another web page tried to act in the name of somebody who is signed in.',
    remedy: 'Use the address of the gateway itself, or set `repair.publicUrl` to the address that people use.',
  },
  HW_HTTP_NOT_JSON: {
    means: 'An act was not sent as JSON.',
    remedy: 'Send `Content-Type: application/json`; a body without fields is `{}`.',
  },
  HW_CHANNEL_UNKNOWN: {
    means: 'The hall has no such notification channel.',
    remedy: 'Channels are named in `repair.channels` of hall.yaml.',
  },
  HW_NOTICE_UNKNOWN: {
    means: 'No undelivered message has this key.',
    remedy: 'See GET /api/v1/notices/dead-letters; perhaps somebody sent it again already.',
  },
  HW_GATEWAY_RUNNING: {
    means: 'The store belongs to a running gateway, and the command could not ask that one.',
    remedy: 'Set HALLWATT_HTTP_TOKEN as the gateway has it, or stop the gateway for a moment.',
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
  HW_ALARM_UNKNOWN: {
    means: 'There is no open alarm with this id.',
    remedy: 'The open ones are listed in /api/v1/alarms; older ones are in the history.',
  },
  HW_ALARM_CONFLICT: {
    means: 'The alarm is no longer where the person saw it: over, already acknowledged, not shelved, not latched.',
    remedy: 'Look at the alarm again; nothing was changed.',
  },
  HW_ALARM_INVALID: {
    means: 'An act on an alarm lacks its reason or asks for too long a time.',
    remedy: 'Give a reason; shelve for 1 minute to 24 hours.',
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
    means:
      'A Modbus link (TCP address or serial port) cannot be opened, or is closed again at once; its devices are unknown until it can.',
    remedy:
      'Check address, port, cable, the type of the link and that no other program holds the line. The gateway keeps trying.',
  },
  HW_LINK_OVERBOOKED: {
    means: 'The devices of a link want more of its time than there is; values come later than their periods say.',
    remedy:
      'Set a longer `periodMs` for its devices (the message says which fits all), raise the baud rate, or move devices to another link.',
  },
  HW_SERIAL_MISSING: {
    means: 'A link needs a serial port, but the optional package serialport is not installed.',
    remedy:
      'Run `npm install` without --omit=optional, or reach the line through a serial server (modbus-rtu-over-tcp).',
  },
  HW_DEVICE_SILENT: {
    means: 'A device stopped answering, or never did; it is probed with growing pauses until it answers.',
    remedy: 'Check its power, wiring, unit id and serial settings.',
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
  HW_INGEST_PROFILE: {
    means: 'The MQTT part of a profile cannot be used for a device: a topic or a mapping of it cannot work.',
    remedy: 'Fix the profile or the topic values of the device in hall.yaml; the log line names them.',
  },
  HW_INGEST_OVERSIZED: {
    means: 'A device sent a message longer than 64 KiB; it was acknowledged and not read.',
    remedy: 'Let the device send less, or in several messages.',
  },
  HW_INGEST_NOT_UTF8: {
    means: 'A device sent a message that is not UTF-8; it was acknowledged and not read.',
    remedy: 'Set the device or its agent to UTF-8; GBK is a common cause.',
  },
  HW_INGEST_MALFORMED: {
    means: 'A device sent a message that is not the JSON its profile expects; it was acknowledged and not read.',
    remedy: 'Compare the message with the cases file of the profile; another firmware may need another profile.',
  },
  HW_INGEST_DUPLICATE_KEY: {
    means: 'A device sent JSON with one key twice, so its meaning is open; it was acknowledged and not read.',
    remedy: 'Report it to the vendor: every key of an object must be there once.',
  },
  HW_INGEST_TOO_DEEP: {
    means: 'A device sent JSON nested deeper than 32 levels; it was acknowledged and not read.',
    remedy: 'Check who publishes under this user; no known device nests deeper than eight.',
  },
  HW_INGEST_TOO_SLOW: {
    means: 'A JSONata expression of a profile took too many steps over a message; the message was not used.',
    remedy: 'Use JSON pointers, or an expression that does not search the whole message.',
  },
  HW_INGEST_VALUE: {
    means: 'A message holds values of another type, of another range or of unknown words; those values are bad.',
    remedy: 'Compare the message with the cases file of the profile.',
  },
  HW_INGEST_TIME: {
    means:
      'A device stamps its messages more than 5 minutes ahead or 7 days behind, or unreadably; the time of receipt is used.',
    remedy: 'Set the clock of the device (NTP).',
  },
  HW_INGEST_FORBIDDEN: {
    means: 'A user published on a topic that belongs to a device of another user; the message was not used.',
    remedy: 'Check the topic values and mqttUser of the devices in hall.yaml, and who holds that password.',
  },
  HW_INGEST_UNKNOWN_TOPIC: {
    means: 'A device publishes on a topic that its profile does not know.',
    remedy: 'Check the topic values of the device in hall.yaml; add the topic to the profile when it is of use.',
  },
  HW_INGEST_UNKNOWN_DEVICE: {
    means: 'A user that is no device of the hall publishes on topics that nothing reads.',
    remedy: 'Add the device to hall.yaml, or take its credentials away.',
  },
  HW_INGEST_NOT_STORED: {
    means:
      'A message was understood but its frame could not be stored; it was not acknowledged, so a QoS 1 client sends it again.',
    remedy: 'See the store’s own code in the log: disk full, I/O error or queue at its end.',
  },
  HW_INFLUX_UNREACHABLE: {
    means: 'InfluxDB does not answer; readings wait in the spool.',
    remedy: 'Check `influx.url`, the network and the server. Nothing is lost while the spool has room.',
  },
  HW_INFLUX_UNAUTHORIZED: {
    means: 'InfluxDB refuses the token or the user.',
    remedy: 'Set HALLWATT_INFLUX_TOKEN (InfluxDB 1.x: `user:password`) to one that may write to the bucket.',
  },
  HW_INFLUX_NOT_FOUND: {
    means: 'InfluxDB does not know the bucket, the database, the organisation or the write address.',
    remedy:
      'Create the bucket or database, or correct `influx.bucket`, `influx.org`; InfluxDB 1.x needs `influx.api: v1`.',
  },
  HW_INFLUX_BUSY: {
    means: 'InfluxDB asks to wait (429, 503); the gateway waits as long as it says.',
    remedy: 'Usually nothing; if it lasts, give the server more room or write less often.',
  },
  HW_INFLUX_FAILING: {
    means: 'InfluxDB answers with an error of its own (5xx).',
    remedy: 'Read the server’s log; its disk is often full.',
  },
  HW_INFLUX_REFUSED: {
    means: 'The write is refused as a whole, or the answer is not one of InfluxDB (a 200, a redirect).',
    remedy: 'Check that `influx.url` leads to InfluxDB itself and not to a login page or a proxy.',
  },
  HW_INFLUX_LINE_REJECTED: {
    means: 'InfluxDB refuses single lines for good; they are in the dead-letter table with the reason.',
    remedy: 'Read the reason: a field type that changed, a stamp outside the retention time, a line that is too long.',
  },
  HW_SIMULATORS_FAILED: {
    means: 'The simulated hall did not start or does not answer.',
    remedy: 'See the message; a port in use is most likely: start the demo with another --base-port.',
  },
  HW_DRILL_FAILED: {
    means:
      'The drill could not begin (its gateway did not start, or its hall did not become healthy), or it was stopped.',
    remedy: 'See the message; a port in use is most likely: choose another --base-port.',
  },
  HW_TOP_NO_ANSWER: {
    means: '`hallwatt top` got no live values from the gateway.',
    remedy: 'Check that the gateway runs, --url, and HALLWATT_HTTP_TOKEN when the gateway has a token.',
  },
  HW_CREDENTIALS_INVALID: {
    means: 'The MQTT credentials file has problems.',
    remedy: 'Fix the listed lines; write a line with `hallwatt mqtt password <user>`.',
  },
  HW_MQTT_LOGIN_REFUSED: {
    means: 'An MQTT client was refused: wrong or missing user name, password, certificate or client id.',
    remedy: 'Check the user name and password on the device, and that hall.yaml knows a device of that name.',
  },
  HW_MQTT_LOGIN_LIMITED: {
    means: 'Too many failed MQTT logins from one address; further ones are refused for up to a minute.',
    remedy: 'Correct the password on the device; if the address is unknown, somebody may be guessing.',
  },
  HW_MQTT_FULL: {
    means: 'As many MQTT clients are connected as `broker.maxClients` allows.',
    remedy: 'Raise `broker.maxClients`, or find the device that connects again and again under new client ids.',
  },
  HW_MQTT_DENIED: {
    means: 'An MQTT client published or subscribed outside of what its profile grants; the message was dropped.',
    remedy: 'Correct the topic on the device or the `topic` values of the device in hall.yaml.',
  },
  HW_MQTT_MALFORMED: {
    means: 'An MQTT client sent what the protocol does not allow and was disconnected.',
    remedy: 'Check the client library; the broker speaks MQTT 3.1.1.',
  },
  HW_MQTT_TOO_LARGE: {
    means: 'An MQTT client announced a packet above `broker.maxPacketBytes` and was disconnected.',
    remedy: 'Make the message smaller, or raise `broker.maxPacketBytes`.',
  },
  HW_MQTT_RATE_LIMITED: {
    means: 'An MQTT client sends more than `broker.maxMessagesPerSecond`; QoS 0 is dropped, QoS 1 and 2 wait.',
    remedy: 'Let the device publish less often, or raise `broker.maxMessagesPerSecond`.',
  },
  HW_MQTT_CLIENT_SLOW: {
    means: 'An MQTT subscriber does not read what it subscribed to and was disconnected.',
    remedy: 'Check the subscriber and its network; let it subscribe to fewer topics.',
  },
  HW_MQTT_RETAINED_FULL: {
    means: 'No further retained topic is kept: `broker.maxRetainedMessages` or 64 MiB is reached.',
    remedy: 'Clear retained topics that are no longer used, or raise `broker.maxRetainedMessages`.',
  },
  HW_MQTT_QUEUE_FULL: {
    means:
      'A persistent MQTT session lost its oldest queued messages: `broker.maxOfflineMessages` or 64 MiB is reached.',
    remedy:
      'Let the subscriber come back more often or connect with clean session, or raise `broker.maxOfflineMessages`.',
  },
  HW_MQTT_NOT_TAKEN: {
    means: 'The gateway could not take an MQTT message in; its sender was disconnected without an acknowledgement.',
    remedy: 'The cause is named beside it, usually the store; the sender repeats the message when it reconnects.',
  },
  HW_MQTT_SESSIONS_NOT_WRITTEN: {
    means:
      'Retained messages and sessions of the MQTT broker cannot be written; they are kept in memory and tried again.',
    remedy: 'See the store code beside it (disk full, disk fault).',
  },
  HW_ORDER_UNKNOWN: {
    means: 'There is no work order of this number.',
    remedy: 'Check the number; an order older than the history kept is gone.',
  },
  HW_ORDER_CONFLICT: {
    means: 'Somebody else has the work order, or it was handed over since the page or link was made.',
    remedy: 'Ask the person named; the lead can hand it over.',
  },
  HW_ORDER_CLOSED: {
    means: 'The work order is closed.',
    remedy: 'Report the device anew if it fails again.',
  },
  HW_ORDER_STATE: {
    means: 'The work order is in a state that does not allow this step.',
    remedy: 'Look at the order again; the table of states is in gateway/docs/work-orders.md.',
  },
  HW_ORDER_TIME: {
    means:
      'The time at which a step is said to be done is in the future, more than 24 h ago, or before the step before it.',
    remedy: 'Correct the clock of the phone, or record the step with the time of now.',
  },
  HW_ORDER_REASON_MISSING: {
    means: 'This step needs a reason or a text, and none was given.',
    remedy: 'Write in one sentence why.',
  },
  HW_ORDER_PERSON_UNKNOWN: {
    means: 'The person a work order should go to is not in `repair.people`.',
    remedy: 'Choose a person of hall.yaml, or add them there.',
  },
  HW_FLOW_FOLDER: {
    means: 'The folder in which the hall keeps its Node-RED flows cannot be made, read or written.',
    remedy: 'Check the folder `flows` below `store.path`: who owns it, and whether the disk has room.',
  },
  HW_FLOW_NOT_STARTED: {
    means: 'Node-RED did not start; it is tried again with growing pauses. Everything else of the gateway runs.',
    remedy:
      'Read the reason beside it. Most often a package is missing (`npm install`) or a file in the folder of the flows.',
  },
  HW_FLOW_ENDED: {
    means: 'The Node-RED process ended by itself (an error of a node, too much memory) and is started anew.',
    remedy: 'Read the reason beside it and repair the flow; after three ends in ten minutes flows are no longer run.',
  },
  HW_FLOW_HUNG: {
    means: 'Node-RED no longer answered for ten seconds and was ended; it is started anew.',
    remedy:
      'Look for a loop without an end in a function node; after three ends in ten minutes flows are no longer run.',
  },
  HW_FLOW_SAFE_MODE: {
    means: 'Node-RED ended three times within ten minutes: its flows are loaded but not run.',
    remedy: 'Open /flows as an administrator, repair or disable the flow, and deploy; deploying starts the flows.',
  },
  HW_FLOW_MESSAGE: {
    means: 'The Node-RED process sent something the gateway does not understand; it was ignored and is counted.',
    remedy: 'Gateway and flows are of different versions: install both together. Else report it.',
  },
  HW_FLOW_COMPLAINT: {
    means: 'A node of a flow had errors or warnings; `count` says how many since the last line about it.',
    remedy: 'Open the flow named in the line and repair the node.',
  },
  HW_FLOW_BUSY: {
    means: 'Flows have more questions and commands under way than may be at once.',
    remedy: 'Let the flow wait for an answer before it asks again.',
  },
  HW_FLOW_NOT_AVAILABLE: {
    means:
      'What a flow, or a page of the editor, asked for is not there: Node-RED is starting, or the room is not part of this gateway.',
    remedy: 'While Node-RED starts: try again in a few seconds.',
  },
  HW_DEMO_NOT_SET_UP: {
    means: 'The hall has not said which devices have the roles of this scenario.',
    remedy: 'Bind its roles under `demos.roles` in hall.yaml.',
  },
  HW_DEMO_DEVICE_MISSING: {
    means: 'A device that a demonstration needs does not answer, or gives no good reading of what is shown.',
    remedy: 'Look at the device; or choose a recorded run, or a rehearsal.',
  },
  HW_DEMO_DEVICE_FAULTY: {
    means: 'A device that a demonstration needs has an open alarm of priority P1 or P2.',
    remedy: 'Work on the alarm first.',
  },
  HW_DEMO_TOO_SLOW: {
    means: 'A device that is switched reports less often than every 5 s, so nobody would see in time what it does.',
    remedy: 'Set a shorter period (telePeriod of a plug), or use another device for this role.',
  },
  HW_DEMO_NOT_COMMANDABLE: {
    means:
      'A device that a scenario switches has no such command, the hall has not enabled it, or it cannot be taken back by itself.',
    remedy: 'Add `commands: all` to the device; use a relay with its own countdown.',
  },
  HW_DEMO_CIRCUIT_BUSY: {
    means: 'Another run holds a circuit or a screen that this one needs.',
    remedy: 'Wait until it has ended, or end it.',
  },
  HW_DEMO_OVER_LIMIT: {
    means: 'The rated powers of what would be on together are above the limit of their circuit.',
    remedy: 'Spread the devices over circuits, or use weaker ones.',
  },
  HW_DEMO_CLOSED: {
    means: 'Outside the schedule nothing is switched on.',
    remedy: 'Wait for opening; a hall lead may start it all the same.',
  },
  HW_DEMO_WAITING: {
    means: 'A compressor or a hot surface needs its pause first.',
    remedy: 'Wait for the time that is shown.',
  },
  HW_DEMO_EMERGENCY_STOP: {
    means: 'The emergency stop is pressed, or the contactor of the demonstrations is open; everything is off.',
    remedy: 'Release it once the reason is gone.',
  },
  HW_DEMO_TRIPPED: {
    means: 'A breaker or a residual current device of the demonstrations has tripped; everything is off.',
    remedy: 'Find the reason before it is closed again.',
  },
  HW_DEMO_DANGER: {
    means: 'Smoke, gas or water was reported; all circuits of the demonstrations are off.',
    remedy: 'Follow the emergency plan of the hall.',
  },
  HW_DEMO_TABLET_LOST: {
    means: 'The tablet that led the run was not heard for 60 s; everything is off.',
    remedy: 'Check the Wi-Fi of the tablet; start again.',
  },
  HW_DEMO_READING_LOST: {
    means: 'A switched device gave no reading for 5 s, or its meter stands still; it is off.',
    remedy: 'Look at the device and its link.',
  },
  HW_DEMO_CEILING: {
    means: 'A reading rose above the ceiling of the scenario; everything is off.',
    remedy: 'Let it cool down; check the sensor.',
  },
  HW_DEMO_STOPPED: {
    means: 'A rule of the scenario ended the run.',
    remedy: 'Read the reason beside it.',
  },
  HW_DEMO_TIME_OUT: {
    means: 'What a step waited for did not happen.',
    remedy: 'Check the devices of the step; start again.',
  },
  HW_DEMO_SWITCH_FAILED: {
    means: 'A device did not go on when it was told to.',
    remedy: 'Look at the ledger of commands for the reason.',
  },
  HW_DEMO_NO_POWER: {
    means: 'A device says on and draws nothing: its relay is dead, or nothing is plugged in.',
    remedy: 'Check plug, fuse and relay.',
  },
  HW_DEMO_LOAD_NOT_OFF: {
    means: 'A load is not known to be off, or still draws power after its relay said off.',
    remedy: 'Open the breaker of its circuit; check the relay for welded contacts.',
  },
  HW_DEMO_RESTARTED: {
    means: 'The gateway was restarted in the middle of a run; everything was switched off.',
    remedy: 'Start it again.',
  },
  HW_DEMO_CLOCK_JUMPED: {
    means: 'The clock of the gateway was set during a run; everything is off.',
    remedy: 'Check the time server; start again.',
  },
  HW_DEMO_ALL_OFF: {
    means: 'Everything was switched off.',
    remedy: 'Start again when you are ready.',
  },
  HW_DEMO_CANCELLED: {
    means: 'The guide ended the run early.',
    remedy: 'Nothing to do.',
  },
  HW_DEMO_PAUSED_TOO_LONG: {
    means: 'A run was paused for more than two minutes; everything is off.',
    remedy: 'Start it again.',
  },
  HW_DEMO_LED_BY_OTHER: {
    means: 'Another guide leads this run.',
    remedy: 'Everything off works for everybody; else ask the other guide.',
  },
  HW_DEMO_GUARD_NOT_CONFIRMED: {
    means: 'The guard in front of a hot appliance was not confirmed.',
    remedy: 'Put up the guard and confirm it.',
  },
  HW_DEMO_WRONG_STATE: {
    means: 'The run cannot do this in its present state.',
    remedy: 'Look at its state first.',
  },
  HW_DEMO_INPUT: {
    means: 'A value is outside the range of the scenario.',
    remedy: 'Choose one within the range that is shown.',
  },
  HW_DEMO_RECORD_BROKEN: {
    means: 'The checksum of a recorded run does not fit; it cannot be played.',
    remedy: 'Record a new run.',
  },
  HW_DEMO_NO_RECORD: {
    means: 'What nobody leads is played from a record, and there is none of this scenario yet.',
    remedy: 'Play it once with a guide.',
  },
  HW_DEMO_NOT_FOR_FLOWS: {
    means: 'A flow may not start a scenario that switches something hot or strong, or needs a guide.',
    remedy: 'Let a guide start it.',
  },
  HW_SCENARIO_INVALID: {
    means: 'A scenario file of the demonstrations has problems; the scenario is left out.',
    remedy: 'Fix the listed lines; try them with `hallwatt scenario check`.',
  },
  HW_SCENARIO_UNSAFE: {
    means:
      'A scenario switches something hot or strong without a longest on-time, a ceiling or a guard; it is left out.',
    remedy: 'Give the role safety.maxOnS, and safety.ceilings or safety.guard.',
  },
  HW_NOTIFY_DEAD: {
    means: 'A notice could not be delivered by any channel of its addressee.',
    remedy: 'The log line says why; repair the channel and send the notice again from the list of undelivered ones.',
  },
  HW_NOTIFY_CHANNEL: {
    means: 'A notification channel refuses everything: wrong key, used-up quota, removed robot.',
    remedy: 'Correct its secret or settings, then test it; notices take the next channel of each person meanwhile.',
  },
  HW_COMMAND_UNKNOWN: {
    means: 'The profile of the device has no such command.',
    remedy: 'GET /api/v1/devices/{id}/commands lists what the device can be told.',
  },
  HW_COMMAND_NOT_ENABLED: {
    means: 'The hall does not let this device be commanded: it is read only, or this command is not on its list.',
    remedy: 'Add the command to `commands` of the device in hall.yaml, or write `commands: all`.',
  },
  HW_COMMAND_FORBIDDEN: {
    means: 'The role of whoever asks does not allow this command.',
    remedy: 'Ask somebody with one of the roles the message names.',
  },
  HW_COMMAND_VALUE: {
    means: 'The value of a command is missing, of the wrong type, or outside what the profile allows.',
    remedy: 'Send a value within the range the message names, in the unit of the quantity.',
  },
  HW_COMMAND_BUSY: {
    means: 'Another command of the device is under way, or the gateway has too many under way.',
    remedy: 'Wait until it has ended (a few seconds). Switching off is never held up.',
  },
  HW_COMMAND_OFFLINE: {
    means: 'The device does not answer, so a command would go nowhere.',
    remedy: 'See why it is offline; the command can be given when it is back.',
  },
  HW_COMMAND_LIMIT: {
    means: 'The command was given as often as the profile allows in 24 hours.',
    remedy: 'Go and see the device: what was tried so often does not help.',
  },
  HW_COMMAND_TOO_SOON: {
    means: 'The device takes this command only with a pause in between.',
    remedy: 'Wait as long as the message says.',
  },
  HW_COMMAND_INTERLOCK: {
    means: 'An interlock of the hall forbids the command now.',
    remedy: 'The message names the interlock and what clears it.',
  },
  HW_COMMAND_NO_REVERT: {
    means:
      'A command was to be taken back by itself, but its profile does not say how, or what was before is not known.',
    remedy: 'Give it without `revertAfterS`, or try again once the device has been read.',
  },
  HW_COMMAND_NOT_RECORDED: {
    means: 'The ledger cannot be written, so nothing is switched on. Switching off works all the same.',
    remedy: 'See the store code beside it (disk full, disk fault).',
  },
  HW_COMMAND_WRITE_FAILED: {
    means: 'The device did not take the command: no answer, an exception, or the link is down.',
    remedy: 'The message says what came back; check the link and the address in the profile.',
  },
  HW_COMMAND_NOT_CONFIRMED: {
    means: 'The command was sent, but readings after it show another value.',
    remedy: 'Look at the device: somebody may have switched it by hand, or its relay is stuck.',
  },
  HW_COMMAND_NO_EFFECT: {
    means:
      'The device says it has done it, but its meter shows otherwise: on and drawing nothing, or off and still drawing.',
    remedy:
      'On and nothing drawn: plug, fuse, load. Off and still drawing: the relay is welded; cut the circuit by hand.',
  },
  HW_COMMAND_NO_READING: {
    means: 'The command was sent, but no reading came in time to show whether it took effect.',
    remedy: 'Look at the device; check that it reports after a command.',
  },
  HW_COMMAND_SUPERSEDED: {
    means: 'Switching off, or taking back, came before the end of this command.',
    remedy: 'Nothing to do.',
  },
  HW_COMMAND_INTERRUPTED: {
    means: 'The gateway stopped before the end of this command was known.',
    remedy: 'Look at the readings of the device; what was to be taken back is taken back at the start.',
  },
  HW_COMMAND_REVERT_FAILED: {
    means: 'A command could not be taken back in time; it is tried again until a reading confirms it.',
    remedy: 'Switch the device off by hand if it draws power.',
  },
  HW_COMMAND_LAPSED: {
    means:
      'A limit that its device forgets could not be written again in time: the safe value set in the device holds.',
    remedy: 'Look at the line to the device; it is written again as soon as the device takes it.',
  },
  HW_SETTINGS_STALE: {
    means: 'hall.yaml was changed since the settings were read: the change was made for another version.',
    remedy: 'Take the settings anew; the answer holds both versions and what the change would do to the current one.',
  },
  HW_SETTINGS_READ_ONLY: {
    means: 'hall.yaml cannot be written: the file or its folder is read-only, or the gateway runs without a file.',
    remedy: 'Give the gateway the right to write the file and its folder, or edit the file by hand.',
  },
  HW_SETTINGS_UNFIT: {
    means:
      'A change does not fit the file: what it names is not there, is there already, or stands in a shape that cannot be edited line by line.',
    remedy:
      'Take the settings anew and look at the lines the message names; edit the file by hand if it uses anchors or aliases.',
  },
  HW_PROFILE_UNKNOWN: {
    means: 'There is no device profile of this id, or not for this transport or variant.',
    remedy: 'See `hallwatt profile list`, or /api/v1/profiles.',
  },
  HW_SCAN_UNKNOWN: {
    means: 'A scan of this id is not remembered.',
    remedy: 'Start a new one; the last ten are remembered until the gateway stops.',
  },
  HW_SCAN_RUNNING: {
    means: 'A line is being scanned or tried already.',
    remedy: 'Wait for its end, or cancel it.',
  },
  HW_TARGET_REFUSED: {
    means: 'Commissioning reaches loopback and private addresses and serial ports only.',
    remedy: 'Use the device’s address in the local network, or write the link into hall.yaml by hand.',
  },
  HW_TARGET_UNREACHABLE: {
    means: 'No connection to the line that is to be commissioned.',
    remedy: 'Check address, port, cable and power; a serial port must exist and must not be in use by another program.',
  },
  HW_LINK_UNKNOWN: {
    means: 'The hall has no link of this id.',
    remedy: 'See `links` of hall.yaml.',
  },
  HW_OCPP_MESSAGE: {
    means: 'A charge point sent a message that breaks the schema of OCPP 1.6, or that says nothing usable.',
    remedy:
      'Nothing while its values arrive; it was answered all the same. Otherwise look for newer firmware; `ocpp.strict` refuses such messages.',
  },
  HW_OCPP_VALUE: {
    means: 'A charge point sent a meter value that is no number, in another unit than its measurand, or impossible.',
    remedy: 'Look at the device’s page; correct the line of its profile if the charger means something else.',
  },
  HW_OCPP_TIME: {
    means: 'A charge point stamps its messages with a wrong time; the time of receipt is used instead.',
    remedy: 'It takes the time from the gateway’s answers: restart the charge point.',
  },
  HW_OCPP_TRANSACTION: {
    means: 'A charge point ended a transaction that was never begun here.',
    remedy: 'Nothing: it was begun at another central system, or before the store was replaced.',
  },
  HW_OCPP_NOT_STORED: {
    means: 'What a charge point said could not be stored, so it was refused and will be sent again.',
    remedy: 'See the other messages of the store: the disk is full or refuses.',
  },
  HW_OCPP_LOST: {
    means: 'A charge point is not connected any more.',
    remedy: 'Check its power and its network; it connects again by itself.',
  },
  HW_OCPP_TURNED_AWAY: {
    means: 'A charge point wanted to connect and was turned away.',
    remedy:
      'Compare its identity and password with hall.yaml and the credentials file; an unknown one may be somebody who tries.',
  },
  HW_OCPP_PROTOCOL: {
    means: 'A charge point offered another version than OCPP 1.6 JSON.',
    remedy: 'Set it to OCPP 1.6 JSON (ocpp1.6).',
  },
  HW_ASK_SILENT: {
    means: 'A device that is asked over the network (SNMP, probe, scrape) does not answer.',
    remedy:
      'Check its power, its network and the address in hall.yaml, and the community of SNMP v1 or v2c: to a wrong one an agent is silent. It is asked on with back-off.',
  },
  HW_ASK_REFUSED: {
    means: 'A device answers and refuses: a wrong secret, or another program under this port.',
    remedy: 'Compare the secret, the SNMP user or the port with the device; try it with `hallwatt profile try`.',
  },
  HW_BACKUP_RUNNING: {
    means: 'A backup is being taken already.',
    remedy: 'Wait until it has ended.',
  },
  HW_BACKUP_FAILED: {
    means: 'The copy of the store could not be made.',
    remedy: 'See the message: it needs as much free disk space as the store takes.',
  },
  HW_RESTORE_REFUSED: {
    means: 'The folder is not empty, or the file is no whole Hallwatt backup.',
    remedy: 'Restore into an empty folder; take the file anew if it is damaged.',
  },
  HW_CALENDAR_ENDS: {
    means: 'The public holidays of a year that begins within a month, or has begun, are not known.',
    remedy:
      'Enter the holidays and make-up days the State Council published under `repair.calendar` in hall.yaml, or update the gateway.',
  },
  HW_CLOCK_WRONG: {
    means: 'The clock of this machine shows a time before something that has happened already.',
    remedy: 'Set the clock, or let it find its time server; see `timedatectl`.',
  },
} as const satisfies Record<string, { means: string; remedy: string }>

export type ErrorCode = keyof typeof ERROR_CODES
