export { insertNotification as addNotification, type NewNotification } from './queries.ts'
export { sealedOfNotifications } from './sealed-columns.ts'
