/** The first ones are the popular ones. */
export const SKILLS = [
  'Personal Branding',
  'Storytelling',
  'Digital Marketing',
  'Leadership',
  'Public Speaking',
  'Entrepreneurship',
  'Content Creation',
  'Financial Literacy',
  'Social Media Strategy',
  'Business Planning',
  'Sales',
  'Networking',
  'Graphic Design',
  'Copywriting',
  'Project Management',
  'Customer Service',
  'Photography',
  'Pricing',
  'Bookkeeping',
  'Negotiation',
  'Team Building',
  'Video Editing',
  'Market Research',
  'Fundraising',
  'Data Analysis',
  'Career Coaching',
  'Email Marketing',
  'Event Planning',
  'Product Design',
  'E-commerce',
  'Export Readiness',
  'Agribusiness',
  'Mentoring',
  'Grant Writing',
  'Search Optimisation',
  'Brand Identity',
  'Community Building',
  'Conflict Resolution',
  'Time Management',
  'Web Development',
  'Spreadsheets',
  'Supply Chain',
  'Fashion Business',
  'Podcasting',
  'Governance',
  'Mobile Money',
  'Hospitality',
  'Investor Pitching',
  'Packaging',
  'Translation',
] as const

export const CATEGORIES = [
  'Personal Branding',
  'SME',
  'Leadership',
  'Digital Skills',
  'Finance',
  'Career',
] as const

export const INDUSTRIES = [
  'Fashion',
  'Agriculture',
  'Education',
  'Technology',
  'Retail',
  'Health',
  'Hospitality',
  'Creative Arts',
  'Finance',
  'Logistics',
  'Energy',
  'Non-profit',
] as const

export const OCCUPATIONS = [
  'Founder',
  'Designer',
  'Teacher',
  'Marketer',
  'Shop owner',
  'Accountant',
  'Farmer',
  'Photographer',
  'Consultant',
  'Student',
  'Nurse',
  'Software developer',
  'Tailor',
  'Project officer',
  'Caterer',
  'Sales agent',
] as const

export const POST_CATEGORIES = ['discussion', 'story', 'question', 'project', 'announcement'] as const

export const slugOf = (text: string) =>
  text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
