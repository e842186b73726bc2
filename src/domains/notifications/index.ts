export { insertNotification as addNotification, type NewNotification } from './queries.ts'
