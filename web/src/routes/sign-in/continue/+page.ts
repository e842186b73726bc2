// It carries a form from one page to another by itself; a script would take the address of that page for its own.
export const csr = false
