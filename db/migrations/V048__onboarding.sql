-- Why: what brings somebody here is asked once, in steps that can be left and taken up again on another device. Expands.
-- Locks: user_settings, for an instant: a column without a default.
ALTER TABLE user_settings ADD COLUMN onboarding JSONB; -- { goals, step }; NULL: not begun
ALTER TABLE user_settings ADD CONSTRAINT bounded_onboarding
  CHECK (octet_length(onboarding::text) <= 1024) NOT VALID;
ALTER TABLE user_settings VALIDATE CONSTRAINT bounded_onboarding;
