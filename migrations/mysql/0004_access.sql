ALTER TABLE `access_keys` ADD `updated_at` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `idempotency_keys` ADD `path_hash` varchar(64) character set ascii collate ascii_bin DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `audit_log_by_time` ON `audit_log` (`at`);--> statement-breakpoint
CREATE INDEX `idempotency_keys_by_path` ON `idempotency_keys` (`path_hash`);