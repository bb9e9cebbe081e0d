-- Made by drizzle-kit, one addition a statement: one that is there already is left as it is (dev/mysql/migrate.ts).
ALTER TABLE `correction_runs` MODIFY COLUMN `run` bigint NOT NULL;--> statement-breakpoint
ALTER TABLE `correction_runs` ADD `reason` varchar(16) character set ascii collate ascii_bin DEFAULT 'hourly' NOT NULL;--> statement-breakpoint
ALTER TABLE `correction_runs` ADD `views_before` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `correction_runs` ADD `views_after` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `view_totals` ADD `start_views` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `view_totals` ADD `restated` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `view_totals_by_shard` ON `view_totals` (`shard_id`,`content_id`);