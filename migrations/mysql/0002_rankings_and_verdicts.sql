-- Made by drizzle-kit, one addition a statement: one that is there already is left as it is (dev/mysql/migrate.ts).
ALTER TABLE `view_regions` ADD `city` varchar(64) character set utf8mb4 collate utf8mb4_bin DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `view_regions` DROP PRIMARY KEY, ADD PRIMARY KEY(`content_id`,`day`,`country`,`region`,`city`,`shard_id`);--> statement-breakpoint
ALTER TABLE `exclusions` ADD `effect` varchar(16) character set ascii collate ascii_bin DEFAULT 'exclude' NOT NULL;--> statement-breakpoint
ALTER TABLE `exclusions` ADD `suspicion_id` varchar(64) character set ascii collate ascii_bin;--> statement-breakpoint
ALTER TABLE `exclusions` ADD `revoked_by` varchar(64) character set ascii collate ascii_bin;--> statement-breakpoint
ALTER TABLE `exclusions` ADD `revoked_for` varchar(300) character set utf8mb4 collate utf8mb4_unicode_ci;--> statement-breakpoint
ALTER TABLE `suspicions` ADD `rule` varchar(64) character set ascii collate ascii_bin DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `suspicions` ADD `from_at` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `suspicions` ADD `to_at` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `view_daily_by_day` ON `view_daily` (`day`,`content_id`,`views`);