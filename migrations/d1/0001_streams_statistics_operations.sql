CREATE TABLE `broadcasters` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `streams` (
	`id` text PRIMARY KEY NOT NULL,
	`broadcaster_id` text NOT NULL,
	`category_id` text,
	`title` text NOT NULL,
	`status` text NOT NULL,
	`visibility` text NOT NULL,
	`expected_viewers` integer DEFAULT 0 NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`broadcaster_id`) REFERENCES `broadcasters`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`category_id`) REFERENCES `categories`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `streams_by_broadcaster` ON `streams` (`broadcaster_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `streams_by_category` ON `streams` (`category_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `access_keys` (
	`name` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`scopes` text NOT NULL,
	`revoked` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `correction_runs` (
	`shard_id` integer NOT NULL,
	`hour` integer NOT NULL,
	`run` integer NOT NULL,
	`outcome` text NOT NULL,
	`started_at` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`events` integer NOT NULL,
	`changed` integer NOT NULL,
	`detail` text NOT NULL,
	PRIMARY KEY(`shard_id`, `hour`, `run`)
);
--> statement-breakpoint
CREATE INDEX `correction_runs_by_time` ON `correction_runs` (`started_at`);--> statement-breakpoint
CREATE TABLE `exclusions` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`content_id` text,
	`from_at` integer NOT NULL,
	`to_at` integer,
	`reason` text NOT NULL,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE INDEX `exclusions_by_value` ON `exclusions` (`kind`,`value`);--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`key` text PRIMARY KEY NOT NULL,
	`request_hash` text NOT NULL,
	`status` integer NOT NULL,
	`answer` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_by_age` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `suspicions` (
	`id` text PRIMARY KEY NOT NULL,
	`raised_at` integer NOT NULL,
	`content_id` text NOT NULL,
	`kind` text NOT NULL,
	`score` integer NOT NULL,
	`status` text NOT NULL,
	`detail` text NOT NULL,
	`decided_at` integer,
	`decided_by` text
);
--> statement-breakpoint
CREATE INDEX `suspicions_by_status` ON `suspicions` (`status`,`raised_at`);--> statement-breakpoint
CREATE TABLE `current_viewers` (
	`stream_id` text PRIMARY KEY NOT NULL,
	`broadcaster_id` text NOT NULL,
	`category_id` text,
	`status` text NOT NULL,
	`viewer_count` integer NOT NULL,
	`peak_viewers` integer NOT NULL,
	`total_viewers` integer NOT NULL,
	`unique_today` integer NOT NULL,
	`started_at` integer NOT NULL,
	`as_of` integer NOT NULL,
	`stamp` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `current_viewers_front` ON `current_viewers` (`status`,`viewer_count`,`started_at`);--> statement-breakpoint
CREATE INDEX `current_viewers_category` ON `current_viewers` (`category_id`,`status`,`viewer_count`,`started_at`);--> statement-breakpoint
CREATE TABLE `daily_statistics` (
	`stream_id` text NOT NULL,
	`day` integer NOT NULL,
	`broadcaster_id` text NOT NULL,
	`peak_viewers` integer NOT NULL,
	`unique_viewers` integer NOT NULL,
	`sessions` integer NOT NULL,
	`watched_seconds` integer NOT NULL,
	`live_seconds` integer NOT NULL,
	`stamp` text NOT NULL,
	PRIMARY KEY(`stream_id`, `day`)
);
--> statement-breakpoint
CREATE INDEX `daily_statistics_by_broadcaster` ON `daily_statistics` (`broadcaster_id`,`day`);--> statement-breakpoint
CREATE TABLE `user_sessions` (
	`started_day` integer NOT NULL,
	`session_id` text NOT NULL,
	`stream_id` text NOT NULL,
	`visitor` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`stamp` text NOT NULL,
	PRIMARY KEY(`started_day`, `session_id`)
);
--> statement-breakpoint
CREATE INDEX `user_sessions_by_stream` ON `user_sessions` (`stream_id`,`started_at`);--> statement-breakpoint
CREATE TABLE `viewer_history` (
	`stream_id` text NOT NULL,
	`recorded_at` integer NOT NULL,
	`broadcaster_id` text NOT NULL,
	`viewer_count` integer NOT NULL,
	`peak_viewers` integer NOT NULL,
	`stamp` text NOT NULL,
	PRIMARY KEY(`stream_id`, `recorded_at`)
);
--> statement-breakpoint
CREATE INDEX `viewer_history_by_broadcaster` ON `viewer_history` (`broadcaster_id`,`recorded_at`);--> statement-breakpoint
CREATE TABLE `view_daily` (
	`content_id` text NOT NULL,
	`day` integer NOT NULL,
	`shard_id` integer NOT NULL,
	`views` integer NOT NULL,
	`final` integer NOT NULL,
	`stamp` text NOT NULL,
	PRIMARY KEY(`content_id`, `day`, `shard_id`)
);
--> statement-breakpoint
CREATE TABLE `view_regions` (
	`content_id` text NOT NULL,
	`day` integer NOT NULL,
	`country` text NOT NULL,
	`region` text NOT NULL,
	`shard_id` integer NOT NULL,
	`views` integer NOT NULL,
	`final` integer NOT NULL,
	`stamp` text NOT NULL,
	PRIMARY KEY(`content_id`, `day`, `country`, `region`, `shard_id`)
);
--> statement-breakpoint
CREATE TABLE `view_uniques` (
	`content_id` text NOT NULL,
	`day` integer NOT NULL,
	`shard_id` integer NOT NULL,
	`uniques` integer NOT NULL,
	`final` integer NOT NULL,
	`stamp` text NOT NULL,
	PRIMARY KEY(`content_id`, `day`, `shard_id`)
);
--> statement-breakpoint
ALTER TABLE `view_totals` ADD `closed` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `view_totals` ADD `closed_through` integer DEFAULT 0 NOT NULL;