import { z } from 'zod'
import { askedSectionShape, askedValueShape, pickSchema } from './asked-schema.ts'

const oidSchema = z
  .string()
  .regex(
    /^1(\.(\d+|\{[A-Za-z][A-Za-z0-9]*\}))+$/,
    'An OID in digits, in quotes: "1.3.6.1.2.1.1.3.0". {names} of `finds` may stand in it.',
  )

const INDEX = /^(\d+|\{[A-Za-z][A-Za-z0-9]*\})(\.(\d+|\{[A-Za-z][A-Za-z0-9]*\}))*$/

const whereSchema = z.record(z.string(), z.array(z.union([z.number(), z.string()])).min(1))

const scalarSchema = z
  .strictObject({
    ...askedValueShape,
    oid: oidSchema.describe('Of the instance: a scalar ends in .0.'),
    flags: z
      .record(z.string().regex(/^\d+$/), z.union([z.string(), z.boolean()]))
      .optional()
      .describe(
        'Octets as single bits, bit 0 the highest of the first octet: bit → value. The worst that is set wins.',
      ),
  })
  .describe('One object.')

const rowsSchema = z
  .strictObject({
    ...askedValueShape,
    table: z.string().describe('Of `tables`.'),
    column: z.string(),
    of: z.string().optional().describe('Another column: the value is column ÷ of, in per cent.'),
    left: z.boolean().optional().describe('With `of`: what is left of it, (of − column) ÷ of.'),
    where: whereSchema.default({}).describe('Only rows whose columns show one of these.'),
    ofWhere: whereSchema.optional().describe('The first row that shows these gives `of`, where it is another one.'),
    pick: pickSchema.default('first'),
  })
  .describe('One value out of the rows of a table.')

/** How a model is read by SNMP. Only reads: there is no way to write here. */
export const snmpSchema = z.strictObject({
  ...askedSectionShape,
  port: z.int().min(1).max(65535).default(161),
  perRequest: z.int().min(1).max(60).default(10).describe('Objects asked for in one request.'),
  finds: z
    .record(
      z.string(),
      z.strictObject({
        under: oidSchema,
        otherwise: z.string().regex(/^\d+$/).optional().describe('Where the device does not tell.'),
      }),
    )
    .default({})
    .describe('Indexes to be found: the number after the first OID below `under`.'),
  tables: z
    .record(
      z.string(),
      z.strictObject({
        entry: oidSchema,
        index: z
          .string()
          .regex(INDEX, 'An index in digits, in quotes; {names} of `finds` may stand in it.')
          .optional()
          .describe('Only rows whose index begins so.'),
        columns: z.record(z.string(), z.int().min(1)),
        maxRows: z.int().min(1).max(500).default(100),
      }),
    )
    .default({}),
  values: z.array(scalarSchema).default([]),
  rows: z.array(rowsSchema).default([]).describe('Values out of tables.'),
})

export type SnmpProfile = z.infer<typeof snmpSchema>
export type SnmpScalar = z.infer<typeof scalarSchema>
export type SnmpRows = z.infer<typeof rowsSchema>
