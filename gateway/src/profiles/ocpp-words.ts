/** The closed lists of OCPP 1.6 edition 2, §7, as they stand on the wire. */

/** ChargePointStatus, §7.7. */
export const OCPP_STATUSES = [
  'Available',
  'Preparing',
  'Charging',
  'SuspendedEVSE',
  'SuspendedEV',
  'Finishing',
  'Reserved',
  'Unavailable',
  'Faulted',
] as const

/** ChargePointErrorCode, §7.6. */
export const OCPP_ERROR_CODES = [
  'ConnectorLockFailure',
  'EVCommunicationError',
  'GroundFailure',
  'HighTemperature',
  'InternalError',
  'LocalListConflict',
  'NoError',
  'OtherError',
  'OverCurrentFailure',
  'OverVoltage',
  'PowerMeterFailure',
  'PowerSwitchFailure',
  'ReaderFailure',
  'ResetFailure',
  'UnderVoltage',
  'WeakSignal',
] as const

/** Measurand, §7.31, with the unit a sample without one is in (§7.38: Wh for energy; otherwise the first of its kind). */
export const OCPP_MEASURANDS: Readonly<Record<string, string>> = {
  'Energy.Active.Export.Register': 'Wh',
  'Energy.Active.Import.Register': 'Wh',
  'Energy.Reactive.Export.Register': 'varh',
  'Energy.Reactive.Import.Register': 'varh',
  'Energy.Active.Export.Interval': 'Wh',
  'Energy.Active.Import.Interval': 'Wh',
  'Energy.Reactive.Export.Interval': 'varh',
  'Energy.Reactive.Import.Interval': 'varh',
  'Power.Active.Export': 'W',
  'Power.Active.Import': 'W',
  'Power.Offered': 'W',
  'Power.Reactive.Export': 'var',
  'Power.Reactive.Import': 'var',
  'Power.Factor': '',
  'Current.Import': 'A',
  'Current.Export': 'A',
  'Current.Offered': 'A',
  Voltage: 'V',
  Frequency: 'Hz',
  Temperature: 'Celsius',
  SoC: 'Percent',
  RPM: '',
}

/** Phase, §7.33; '' is a sample without one. */
export const OCPP_PHASES = ['', 'L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1'] as const

/** Location, §7.25. */
export const OCPP_LOCATIONS = ['Outlet', 'EV', 'Body', 'Cable', 'Inlet'] as const

/** The measurand of a sample that names none, and of meterStart and meterStop. */
export const DEFAULT_MEASURAND = 'Energy.Active.Import.Register'
