-- Why: money: transactions, memberships, coupons, products, orders.
-- Locks: none that matter, every object is new.

-- ============================================================================
-- TRANSACTIONS: All financial records. Never deleted: the payer's row stays as a tombstone.
-- ============================================================================
CREATE TABLE transactions (
  transaction_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,

  -- Amount
  amount DECIMAL(10,2) NOT NULL,
  currency VARCHAR(3) NOT NULL DEFAULT 'USD',

  -- Type & Reference
  transaction_type VARCHAR(30) NOT NULL,
  reference_type VARCHAR(30), -- program, event, coaching_session, product
  reference_id UUID,

  -- Payment Gateway
  payment_method VARCHAR(30) NOT NULL, -- mpesa, stripe_card, paypal, bank_transfer
  gateway_name VARCHAR(50), -- stripe, flutterwave, paystack
  gateway_transaction_id VARCHAR(255),
  gateway_reference VARCHAR(255),

  -- Status
  status VARCHAR(20) NOT NULL DEFAULT 'pending',

  -- Timestamps
  created_at TIMESTAMPTZ DEFAULT NOW(),
  processed_at TIMESTAMPTZ,
  failed_at TIMESTAMPTZ,
  refunded_at TIMESTAMPTZ,

  -- Metadata
  metadata JSONB, -- Gateway-specific data, invoice info
  failure_reason TEXT,
  refund_reason TEXT,

  -- Commission (for marketplace transactions)
  platform_fee_percent DECIMAL(5,2),
  platform_fee_amount DECIMAL(10,2),
  seller_payout_amount DECIMAL(10,2),

  CONSTRAINT valid_transaction_type CHECK (transaction_type IN
    ('subscription', 'course', 'event', 'merchandise', 'coaching', 'donation', 'refund')),
  CONSTRAINT valid_status CHECK (status IN
    ('pending', 'processing', 'success', 'failed', 'refunded', 'cancelled')),
  CONSTRAINT valid_amount CHECK (amount >= 0),
  -- A gateway's own number is the proof against charging twice (R12).
  CONSTRAINT one_per_gateway_transaction UNIQUE (gateway_name, gateway_transaction_id),
  CONSTRAINT gateway_named CHECK (gateway_transaction_id IS NULL OR gateway_name IS NOT NULL)
);

CREATE INDEX idx_transactions_user ON transactions(user_id, created_at DESC);
CREATE INDEX idx_transactions_status ON transactions(status);
CREATE INDEX idx_transactions_type ON transactions(transaction_type);
CREATE INDEX idx_transactions_gateway ON transactions(gateway_transaction_id);
CREATE INDEX idx_transactions_reference ON transactions(reference_type, reference_id);
CREATE INDEX idx_transactions_success ON transactions(created_at DESC) WHERE status = 'success';

-- ============================================================================
-- SUBSCRIPTIONS: Recurring membership records
-- ============================================================================
CREATE TABLE subscriptions (
  subscription_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,

  -- Tier
  tier VARCHAR(20) NOT NULL, -- discover, build, thrive, impact

  -- Billing
  billing_cycle VARCHAR(20) NOT NULL, -- monthly, annual
  amount DECIMAL(10,2) NOT NULL,
  currency VARCHAR(3) NOT NULL DEFAULT 'USD',

  -- Status
  status VARCHAR(20) NOT NULL DEFAULT 'active',

  -- Dates
  started_at TIMESTAMPTZ DEFAULT NOW(),
  current_period_start TIMESTAMPTZ NOT NULL,
  current_period_end TIMESTAMPTZ NOT NULL,
  renewed_at TIMESTAMPTZ, -- W1 (R5)
  cancelled_at TIMESTAMPTZ,
  ended_at TIMESTAMPTZ,

  -- Payment
  payment_method VARCHAR(30),
  gateway_subscription_id VARCHAR(255), -- Stripe subscription ID

  -- Renewal
  auto_renew BOOLEAN DEFAULT TRUE,
  next_billing_date TIMESTAMPTZ,
  last_payment_transaction_id UUID REFERENCES transactions(transaction_id),

  -- Trial
  trial_start TIMESTAMPTZ,
  trial_end TIMESTAMPTZ,

  -- Cancellation
  cancellation_reason VARCHAR(20), -- user_requested, payment_failed, upgrade, downgrade
  cancellation_note TEXT,

  -- Metadata
  metadata JSONB,

  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_tier CHECK (tier IN ('discover', 'build', 'thrive', 'impact')),
  CONSTRAINT valid_cycle CHECK (billing_cycle IN ('monthly', 'annual')),
  CONSTRAINT valid_status CHECK (status IN ('active', 'cancelled', 'expired', 'suspended', 'past_due'))
);

CREATE INDEX idx_subscriptions_user ON subscriptions(user_id);
CREATE INDEX idx_subscriptions_status ON subscriptions(status);
CREATE INDEX idx_subscriptions_active ON subscriptions(user_id) WHERE status = 'active';
CREATE INDEX idx_subscriptions_renewal ON subscriptions(next_billing_date) WHERE status = 'active' AND auto_renew = TRUE;
-- One membership a person: P1 assumes it, so the database sees to it (R14).
CREATE UNIQUE INDEX one_live_subscription ON subscriptions(user_id) WHERE status IN ('active', 'past_due', 'suspended');
CREATE INDEX idx_subscriptions_last_payment ON subscriptions(last_payment_transaction_id) WHERE last_payment_transaction_id IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON subscriptions FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- ============================================================================
-- COUPONS: Discount codes and promotions
-- ============================================================================
CREATE TABLE coupons (
  coupon_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  code VARCHAR(50) UNIQUE NOT NULL,

  -- Discount
  discount_type VARCHAR(20) NOT NULL, -- percentage, fixed_amount
  discount_value DECIMAL(10,2) NOT NULL,
  currency VARCHAR(3), -- Required for fixed_amount

  -- Applicability
  applies_to VARCHAR(30) NOT NULL, -- all, subscription, course, event, merchandise
  applicable_tiers JSONB, -- ["build", "thrive"] or null for all
  applicable_items JSONB, -- copy of coupon_items (R7)

  -- Usage Limits
  max_uses INT, -- NULL = unlimited
  max_uses_per_user INT DEFAULT 1,
  current_uses INT DEFAULT 0,

  -- Validity
  valid_from TIMESTAMPTZ DEFAULT NOW(),
  valid_until TIMESTAMPTZ,
  is_active BOOLEAN DEFAULT TRUE,

  -- Creator
  created_by UUID REFERENCES users(user_id) ON DELETE SET NULL,

  -- Metadata
  description TEXT,
  internal_notes TEXT,

  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_discount_type CHECK (discount_type IN ('percentage', 'fixed_amount')),
  CONSTRAINT valid_percentage CHECK (
    discount_type != 'percentage' OR (discount_value >= 0 AND discount_value <= 100)
  ),
  CONSTRAINT valid_fixed_amount CHECK (
    discount_type != 'fixed_amount' OR (discount_value >= 0 AND currency IS NOT NULL)
  )
);

CREATE INDEX idx_coupons_validity ON coupons(valid_from, valid_until) WHERE is_active = TRUE;
CREATE INDEX idx_coupons_created_by ON coupons(created_by) WHERE created_by IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON coupons FOR EACH ROW EXECUTE FUNCTION touch_updated_at('current_uses');

CREATE TABLE coupon_items (
  coupon_id UUID NOT NULL REFERENCES coupons(coupon_id) ON DELETE CASCADE,
  item_type VARCHAR(20) NOT NULL,
  item_id UUID NOT NULL,
  PRIMARY KEY (coupon_id, item_type, item_id),
  CONSTRAINT valid_item_type CHECK (item_type IN ('program', 'event', 'product'))
);

CREATE FUNCTION copy_coupon_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  changed uuid;
BEGIN
  IF TG_OP = 'DELETE' THEN changed := OLD.coupon_id; ELSE changed := NEW.coupon_id; END IF;
  UPDATE coupons SET applicable_items = (
    SELECT jsonb_agg(item_id ORDER BY item_id) FROM coupon_items WHERE coupon_id = changed)
  WHERE coupon_id = changed;
  RETURN NULL;
END
$$;
CREATE TRIGGER copy_coupon_items AFTER INSERT OR DELETE ON coupon_items FOR EACH ROW EXECUTE FUNCTION copy_coupon_items();

-- ============================================================================
-- COUPON_REDEMPTIONS: Track coupon usage
-- ============================================================================
CREATE TABLE coupon_redemptions (
  redemption_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  coupon_id UUID NOT NULL REFERENCES coupons(coupon_id),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,
  transaction_id UUID REFERENCES transactions(transaction_id),

  -- Discount Applied
  discount_amount DECIMAL(10,2) NOT NULL,
  original_amount DECIMAL(10,2) NOT NULL,
  final_amount DECIMAL(10,2) NOT NULL,

  redeemed_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE INDEX idx_redemptions_coupon ON coupon_redemptions(coupon_id);
CREATE INDEX idx_redemptions_user ON coupon_redemptions(user_id);
CREATE INDEX idx_redemptions_transaction ON coupon_redemptions(transaction_id) WHERE transaction_id IS NOT NULL;

-- ============================================================================
-- PRODUCTS: Merchandise and digital products
-- ============================================================================
CREATE TABLE products (
  product_id UUID PRIMARY KEY DEFAULT uuid_v7(),

  -- Basic Info
  name VARCHAR(500) NOT NULL,
  slug VARCHAR(500) UNIQUE NOT NULL,
  description TEXT,

  -- Type
  product_type VARCHAR(20) NOT NULL, -- physical, digital, bundle
  category VARCHAR(100), -- books, apparel, toolkits, etc.

  -- Pricing
  price DECIMAL(10,2) NOT NULL,
  currency VARCHAR(3) DEFAULT 'USD',
  compare_at_price DECIMAL(10,2), -- Original price for sale display

  -- Inventory (for physical products)
  sku VARCHAR(100) UNIQUE,
  track_inventory BOOLEAN DEFAULT FALSE,
  inventory_quantity INT,
  low_stock_threshold INT,

  -- Digital Product
  digital_file_url VARCHAR(500), -- For digital downloads
  download_limit INT, -- Max downloads per purchase

  -- Shipping (for physical products)
  requires_shipping BOOLEAN DEFAULT FALSE,
  weight_grams INT,

  -- Media
  images JSONB, -- [{url, alt_text, sequence}, ...]

  -- Status
  status VARCHAR(20) DEFAULT 'draft', -- draft, active, archived
  is_featured BOOLEAN DEFAULT FALSE,

  -- SEO
  meta_description TEXT,
  meta_keywords JSONB,

  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_product_type CHECK (product_type IN ('physical', 'digital', 'bundle')),
  CONSTRAINT valid_status CHECK (status IN ('draft', 'active', 'archived'))
);

CREATE INDEX idx_products_category ON products(category);
CREATE INDEX idx_products_status ON products(status) WHERE status = 'active';
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- ============================================================================
-- ORDERS: Product purchase orders
-- ============================================================================
CREATE TABLE orders (
  order_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,
  order_number VARCHAR(50) UNIQUE NOT NULL,

  -- Amounts
  subtotal DECIMAL(10,2) NOT NULL,
  discount_amount DECIMAL(10,2) DEFAULT 0,
  tax_amount DECIMAL(10,2) DEFAULT 0,
  shipping_amount DECIMAL(10,2) DEFAULT 0,
  total_amount DECIMAL(10,2) NOT NULL,
  currency VARCHAR(3) DEFAULT 'USD',

  -- Payment
  payment_status VARCHAR(20) DEFAULT 'pending', -- pending, paid, refunded
  transaction_id UUID REFERENCES transactions(transaction_id),

  -- Shipping
  shipping_address JSONB, -- {name, street, city, country, postal_code, phone}
  shipping_method VARCHAR(50),
  tracking_number VARCHAR(100),
  tracking_url VARCHAR(500),

  -- Status
  fulfillment_status VARCHAR(20) DEFAULT 'pending',

  -- Timestamps
  created_at TIMESTAMPTZ DEFAULT NOW(),
  paid_at TIMESTAMPTZ,
  shipped_at TIMESTAMPTZ,
  delivered_at TIMESTAMPTZ,
  cancelled_at TIMESTAMPTZ,

  -- Metadata
  notes TEXT,
  metadata JSONB,

  CONSTRAINT valid_payment_status CHECK (payment_status IN ('pending', 'paid', 'refunded')),
  CONSTRAINT valid_fulfillment_status CHECK (fulfillment_status IN
    ('pending', 'processing', 'shipped', 'delivered', 'cancelled'))
);

CREATE INDEX idx_orders_user ON orders(user_id, created_at DESC);
CREATE INDEX idx_orders_fulfillment ON orders(fulfillment_status) WHERE fulfillment_status IN ('pending', 'processing');
CREATE INDEX idx_orders_transaction ON orders(transaction_id) WHERE transaction_id IS NOT NULL;

-- ============================================================================
-- ORDER_ITEMS: Items within an order
-- ============================================================================
CREATE TABLE order_items (
  order_item_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  order_id UUID NOT NULL REFERENCES orders(order_id) ON DELETE CASCADE,
  product_id UUID REFERENCES products(product_id),

  -- Product snapshot (in case product changes/deleted)
  product_name VARCHAR(500) NOT NULL,
  product_sku VARCHAR(100),

  -- Pricing
  unit_price DECIMAL(10,2) NOT NULL,
  quantity INT NOT NULL DEFAULT 1,
  subtotal DECIMAL(10,2) NOT NULL,
  discount_amount DECIMAL(10,2) DEFAULT 0,
  total DECIMAL(10,2) NOT NULL,

  -- Digital Download
  download_url VARCHAR(500),
  download_expires_at TIMESTAMPTZ,
  download_count INT DEFAULT 0,

  CONSTRAINT valid_quantity CHECK (quantity > 0)
);

CREATE INDEX idx_order_items_order ON order_items(order_id);
CREATE INDEX idx_order_items_product ON order_items(product_id);

-- ============================================================================
-- EXCHANGE_RATES: dated, so that a reporting figure can be told again (R21). Sums themselves stay per currency.
-- ============================================================================
CREATE TABLE exchange_rates (
  currency VARCHAR(3) NOT NULL,
  rate_date DATE NOT NULL,
  usd_per_unit NUMERIC(18,9) NOT NULL,
  PRIMARY KEY (currency, rate_date),
  CONSTRAINT positive_rate CHECK (usd_per_unit > 0)
);

-- ============================================================================
-- Row security (R34). Money moves only by jobs and staff; a person reads what is theirs and opens what is pending.
-- ============================================================================
GRANT SELECT, INSERT, UPDATE ON transactions, orders, order_items TO app_user;
GRANT SELECT, UPDATE ON subscriptions TO app_user;
GRANT SELECT ON coupon_redemptions, exchange_rates TO app_user;
GRANT SELECT, INSERT, UPDATE ON transactions, subscriptions, coupon_redemptions, orders, order_items TO app_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON coupons, coupon_items, products TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON coupons, coupon_items, products, exchange_rates TO app_worker;

ALTER TABLE transactions ENABLE ROW LEVEL SECURITY;
CREATE POLICY transactions_read ON transactions FOR SELECT TO app_user USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY transactions_add ON transactions FOR INSERT TO app_user WITH CHECK (user_id = (SELECT actor_id()) AND status = 'pending');
CREATE POLICY transactions_change ON transactions FOR UPDATE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY transactions_jobs ON transactions TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY subscriptions_read ON subscriptions FOR SELECT TO app_user USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY subscriptions_change ON subscriptions FOR UPDATE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY subscriptions_jobs ON subscriptions TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE coupons ENABLE ROW LEVEL SECURITY;
CREATE POLICY coupons_staff ON coupons TO app_user USING ((SELECT actor_is_staff())) WITH CHECK ((SELECT actor_is_staff()));
CREATE POLICY coupons_jobs ON coupons TO app_worker USING (true) WITH CHECK (true);
ALTER TABLE coupon_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY coupon_items_staff ON coupon_items TO app_user USING ((SELECT actor_is_staff())) WITH CHECK ((SELECT actor_is_staff()));
CREATE POLICY coupon_items_jobs ON coupon_items TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE coupon_redemptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY coupon_redemptions_read ON coupon_redemptions FOR SELECT TO app_user
  USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY coupon_redemptions_jobs ON coupon_redemptions TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE products ENABLE ROW LEVEL SECURITY;
CREATE POLICY products_read ON products FOR SELECT TO app_user USING (status = 'active' OR (SELECT actor_is_staff()));
CREATE POLICY products_add ON products FOR INSERT TO app_user WITH CHECK ((SELECT actor_is_staff()));
CREATE POLICY products_change ON products FOR UPDATE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY products_remove ON products FOR DELETE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY products_jobs ON products TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY orders_read ON orders FOR SELECT TO app_user USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY orders_add ON orders FOR INSERT TO app_user
  WITH CHECK (user_id = (SELECT actor_id()) AND payment_status = 'pending' AND fulfillment_status = 'pending');
CREATE POLICY orders_change ON orders FOR UPDATE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY orders_jobs ON orders TO app_worker USING (true) WITH CHECK (true);

-- An item is its order's: the order's own policies decide through the subquery.
ALTER TABLE order_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY order_items_read ON order_items FOR SELECT TO app_user
  USING (EXISTS (SELECT FROM orders o WHERE o.order_id = order_items.order_id));
CREATE POLICY order_items_add ON order_items FOR INSERT TO app_user
  WITH CHECK (EXISTS (SELECT FROM orders o WHERE o.order_id = order_items.order_id
    AND o.user_id = (SELECT actor_id()) AND o.payment_status = 'pending'));
CREATE POLICY order_items_change ON order_items FOR UPDATE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY order_items_jobs ON order_items TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE exchange_rates ENABLE ROW LEVEL SECURITY;
CREATE POLICY exchange_rates_read ON exchange_rates FOR SELECT TO app_user USING (true);
CREATE POLICY exchange_rates_jobs ON exchange_rates TO app_worker USING (true) WITH CHECK (true);
