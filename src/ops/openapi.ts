import type { OpsCommand } from './index.ts'

export const openApiCommand: OpsCommand = {
  summary: "print the API's description (OpenAPI 3.1), as /openapi.json serves it",
  async run(context) {
    context.print(await context.openApiDocument(context))
  },
}
